import { Random } from '../../random/index.ts'
import type { Shape } from '../dimension.ts'
import { hostValue, type HostContext } from '../host.ts'
import { apply, constant, type Operator, type Tensor } from '../tensor.ts'
import { maskedGradient } from './lowering/mask.ts'

const randomOf = ({ seed, step, part }: HostContext, stream: string): Random =>
  new Random(seed, part === 0 ? stream : `${stream} ${part}`, step)

/** Uniform bytes of this shape, redrawn every step from (seed, stream, step). */
const randomBytes = (shape: Shape, stream: string): Tensor =>
  hostValue('RandomBytes', [], { dtype: 'uint8', shape }, (_, context) => {
    randomOf(context, stream).bytes(context.output(0) as Uint8Array)
  })

const keepOperator: Operator = { name: 'Less', notDifferentiable: 'its output is boolean' }

/**
 * Zeroes each element with probability `rate` (to the nearest 1/256) and scales the rest so that the expectation stays.
 * The mask comes from host bytes of (seed, stream, step): repeatable, resumable, the same in Node and browsers.
 */
export function dropout(x: Tensor, rate: number, stream: string): Tensor {
  const threshold = Math.round((1 - rate) * 256)
  if (threshold >= 256) return x
  if (threshold <= 0) return x.mul(0)
  const bytes = randomBytes(x.shape, stream)
  const keep = apply(keepOperator, [bytes, constant(threshold, [], 'uint8')], {}, { dtype: 'bool', shape: x.shape })
  const y = x.mul(keep.cast(x.dtype))
  return y.withGradient([x], d => [maskedGradient(d, x, y, keep)]).mul(256 / threshold)
}

/** Standard normal numbers of this shape, redrawn every step from (seed, stream, step). */
export function randomNormal(shape: Shape, stream: string): Tensor {
  return hostValue('RandomNormal', [], { dtype: 'float32', shape }, (_, context) => {
    const random = randomOf(context, stream)
    const values = context.output(0) as Float32Array
    for (let i = 0; i < values.length; i++) values[i] = random.normal()
  })
}

/** Uniform numbers in [0, 1) of this shape, redrawn every step from (seed, stream, step). */
export function randomUniform(shape: Shape, stream: string): Tensor {
  return hostValue('RandomUniform', [], { dtype: 'float32', shape }, (_, context) => {
    const random = randomOf(context, stream)
    const values = context.output(0) as Float32Array
    for (let i = 0; i < values.length; i++) values[i] = random.next() / 0x100000000
  })
}
