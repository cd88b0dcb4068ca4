import {
  addDimensions,
  multiplyDimensions,
  sizeOf,
  subtractDimensions,
  type Dimension,
  type Shape,
} from '../../dimension.ts'
import { apply, constant, type Operator, type Tensor } from '../../tensor.ts'
import { stack } from '../shape.ts'
import { fixedExtents, paddingOf, reach, unknownExtents, windowCounts, type Windows } from './window.ts'

/** What `unfold` does, windows given. */
export function columns(x: Tensor, windows: Windows): Tensor {
  const counts = windowCounts('Unfold', x.shape, windows)
  const [batch, channels] = x.shape as [Dimension, Dimension]
  // [N, C, ...kernel axes so far, ...counts so far, ...spatial axes to come]
  const parts = windows.kernel.reduce(
    (image, _, axis) => stack(tapsOf(image, 2 + 2 * axis, axis, counts[axis]!, windows), 2 + axis),
    padded(x, windows),
  )
  return parts
    .reshape([batch, multiplyDimensions(channels, elements(windows)), sizeOf(counts)])
    .withGradient([x], d => [foldColumns(d, x.shape, windows)])
}

/** For each element of a window, in row-major order, the image of that element in all windows: [N, C, ...counts]. */
export function taps(x: Tensor, windows: Windows): Tensor[] {
  const counts = windowCounts('Unfold', x.shape, windows)
  return windows.kernel.reduce<Tensor[]>(
    (images, _, axis) => images.flatMap(image => tapsOf(image, axis + 2, axis, counts[axis]!, windows)),
    [padded(x, windows)],
  )
}

const elements = ({ kernel }: Windows): number => kernel.reduce((product, extent) => product * extent, 1)

/** The windows' elements along one spatial axis, which is `along` in `x`. */
function tapsOf(x: Tensor, along: number, axis: number, count: Dimension, windows: Windows): Tensor[] {
  const [step, gap] = [windows.stride[axis]!, windows.dilation[axis]!]
  return Array.from({ length: windows.kernel[axis]! }, (_, i) => {
    const start = i * gap
    if (typeof count === 'number') return x.slice(along, start, start + (count - 1) * step + 1, step)
    if (step !== 1) throw unknownExtents('Unfold', x.shape)
    const rest = reach(windows, axis) - 1 - start
    return x.slice(along, start, rest === 0 ? undefined : -rest)
  })
}

function padded(x: Tensor, { pads, kernel: { length } }: Windows): Tensor {
  if (pads.every(each => each === 0)) return x
  return x.pad([0, 0, ...pads.slice(0, length), 0, 0, ...pads.slice(length)])
}

const col2imOperator: Operator = { name: 'Col2Im', notDifferentiable: 'wrapped by fold' }

/** What `fold` does, windows given: [N, C * window elements, windows] to the image's shape. */
export function foldColumns(d: Tensor, shape: Shape, windows: Windows): Tensor {
  const image = hasKernel(d, windows) ? col2im(d, shape, windows) : addTaps(d, shape, windows)
  return image.withGradient([d], g => [columns(g, windows)])
}

/** The runtime's kernel takes no float64, and puts elements of windows with gaps wrong unless there are two axes. */
const hasKernel = ({ dtype }: Tensor, { kernel, dilation }: Windows): boolean =>
  dtype !== 'float64' && (kernel.length === 2 || dilation.every(gap => gap === 1))

function col2im(d: Tensor, shape: Shape, { kernel, stride, dilation, pads }: Windows): Tensor {
  const extents = (values: readonly number[]) => constant(values, [values.length], 'int64')
  const image = fixedExtents('Fold', shape)
  const attributes = {
    strides: { type: 'ints', value: stride },
    dilations: { type: 'ints', value: dilation },
    pads: { type: 'ints', value: pads },
  } as const
  return apply(col2imOperator, [d, extents(image), extents(kernel)], attributes, { dtype: d.dtype, shape })
}

/** Axis by axis the taps are spread over zeros, moved to their places and summed. */
function addTaps(d: Tensor, shape: Shape, windows: Windows): Tensor {
  const { kernel, dilation, stride, pads } = windows
  const counts = windowCounts('Fold', shape, windows)
  const parts = d.reshape([...shape.slice(0, 2), ...kernel, ...counts])
  return kernel.reduceRight((image, extent, axis) => {
    const along = 2 + 2 * axis
    const room = addDimensions(shape[axis + 2]!, paddingOf(windows, axis))
    const moved = Array.from({ length: extent }, (_, i) => {
      const tap = spaced(image.slice(2 + axis, i, i + 1).squeeze(2 + axis), along, stride[axis]!)
      const start = i * dilation[axis]!
      const rest = subtractDimensions(room, addDimensions(tap.shape[along]!, start)) as number
      return tap.pad(sizesAt(tap.rank, along, start, rest))
    })
    const after = pads[axis + kernel.length]!
    const sum = moved.reduce((total, tap) => total.add(tap))
    return sum.slice(along, pads[axis]!, after === 0 ? undefined : -after)
  }, parts)
}

/** Puts `step - 1` zeros between the elements along one axis. */
function spaced(x: Tensor, axis: number, step: number): Tensor {
  const count = x.shape[axis]!
  if (step === 1) return x
  if (typeof count !== 'number') throw unknownExtents('Fold', x.shape)
  const zeros = x.unsqueeze(axis + 1).pad(sizesAt(x.rank + 1, axis + 1, 0, step - 1))
  return zeros.reshape(x.shape.with(axis, count * step)).slice(axis, 0, (count - 1) * step + 1)
}

/** Pad's sizes for one axis. */
function sizesAt(rank: number, axis: number, before: number, after: number): number[] {
  const sizes = Array<number>(2 * rank).fill(0)
  sizes[axis] = before
  sizes[axis + rank] = after
  return sizes
}
