import { InterplayError } from '../../errors/index.ts'
import { spellShape } from '../dimension.ts'
import { apply, constant, normalAxis, type Operator, type Tensor } from '../tensor.ts'
import { concat, stack } from './shape.ts'

/** Complex numbers are pairs of reals along the last axis: [..., 2]. */
function parts(operator: string, z: Tensor): [real: Tensor, imaginary: Tensor] {
  if (z.shape.at(-1) !== 2) {
    throw new InterplayError('shape/mismatch', `${operator}: takes pairs [..., 2], got ${spellShape(z.shape)}`)
  }
  return [z.slice(-1, 0, 1).squeeze(-1), z.slice(-1, 1, 2).squeeze(-1)]
}

/** a b of complex numbers, broadcast. */
export function complexMultiply(a: Tensor, b: Tensor): Tensor {
  const [p, q] = parts('ComplexMultiply', a)
  const [r, s] = parts('ComplexMultiply', b)
  return stack([p.mul(r).sub(q.mul(s)), p.mul(s).add(q.mul(r))], -1)
}

/** a / b of complex numbers, broadcast. */
export function complexDivide(a: Tensor, b: Tensor): Tensor {
  const [r, s] = parts('ComplexDivide', b)
  const size = r.mul(r).add(s.mul(s)).unsqueeze(-1)
  return complexMultiply(a, complexConjugate(b)).div(size)
}

/** Real part kept, imaginary part negated. */
export function complexConjugate(z: Tensor): Tensor {
  parts('ComplexConjugate', z)
  return z.mul(constant([1, -1], [2], z.dtype))
}

/** The transform is symmetric, so the product with its conjugate transpose is conj F conj. */
const fourierOperator: Operator = {
  name: 'DFT',
  gradient: ({ inputs: [, , axis] }, [d]) => [
    complexConjugate(apply(fourierOperator, [complexConjugate(d!), undefined, axis], forward, d!)),
    undefined,
    undefined,
  ],
}

const forward = { inverse: { type: 'int', value: 0 }, onesided: { type: 'int', value: 0 } } as const

const transform = (x: Tensor, axis: number): Tensor =>
  apply(fourierOperator, [x, undefined, constant([axis], [], 'int64')], forward, { dtype: x.dtype, shape: x.shape })

/** conj F conj / n: the runtime's own inverse rounds 1 / n to float32 in float64 too. */
const inverted = (x: Tensor, axis: number): Tensor =>
  complexConjugate(transform(complexConjugate(x), axis)).div(x.countOf(axis))

function complexAxis(operator: string, x: Tensor, axis: number): number {
  parts(operator, x)
  const along = normalAxis(operator, axis, x.rank)
  if (along === x.rank - 1) {
    throw new InterplayError('shape/mismatch', `${operator}: axis ${axis} of ${spellShape(x.shape)} holds the pairs`)
  }
  return along
}

/** Discrete Fourier transform of complex numbers [..., 2] along an axis, counted with the axis of pairs (last is -2). */
export const fourier = (x: Tensor, axis = -2): Tensor => transform(x, complexAxis('Fourier', x, axis))

/** Inverse of `fourier`: with the factor 1 / n. */
export const inverseFourier = (x: Tensor, axis = -2): Tensor => inverted(x, complexAxis('InverseFourier', x, axis))

/** Discrete Fourier transform of real numbers along an axis of known extent n: its terms 0 .. n / 2, as pairs [..., 2]. */
export function realFourier(x: Tensor, axis = -1): Tensor {
  const along = normalAxis('RealFourier', axis, x.rank)
  const extent = x.shape[along]!
  if (typeof extent !== 'number') {
    throw new InterplayError('shape/mismatch', `RealFourier: needs a known extent, axis ${along} is ${extent}`)
  }
  const pairs = stack([x, x.zerosLike()], -1)
  return transform(pairs, along).slice(along, 0, Math.floor(extent / 2) + 1)
}

/**
 * The `extent` real numbers whose transform has these terms: [..., extent / 2 + 1, 2] -> [..., extent]. Imaginary parts of
 * the constant and, for an even extent, of the highest term do not count.
 */
export function inverseRealFourier(x: Tensor, extent: number, axis = -2): Tensor {
  const along = complexAxis('InverseRealFourier', x, axis)
  const known = Math.floor(extent / 2) + 1
  if (x.shape[along] !== known) {
    throw new InterplayError(
      'shape/mismatch',
      `InverseRealFourier: ${extent} numbers have ${known} terms, got ${spellShape(x.shape)}`,
    )
  }
  const mirrored = extent - known
  const rest = mirrored > 0 ? [complexConjugate(x.slice(along, 1, mirrored + 1).flip(along))] : []
  return inverted(concat([x, ...rest], along), along)
    .slice(-1, 0, 1)
    .squeeze(-1)
}
