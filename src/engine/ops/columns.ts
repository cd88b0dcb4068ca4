import { multiplyDimensions, sizeOf, type Dimension, type Shape } from '../dimension.ts'
import { apply, constant, type Operator, type Tensor } from '../tensor.ts'
import { concat } from './shape.ts'
import { fixedExtents, paddingOf, windowCounts, type Windows } from './window.ts'

/** What `unfold` does, windows given. */
export function columns(x: Tensor, windows: Windows): Tensor {
  const counts = windowCounts('Unfold', x.shape, windows)
  const parts = taps(x, windows).map(tap => tap.reshape([x.shape[0]!, x.shape[1]!, 1, sizeOf(counts)]))
  const height = multiplyDimensions(x.shape[1]!, parts.length)
  return concat(parts, 2)
    .reshape([x.shape[0]!, height, sizeOf(counts)])
    .withGradient([x], d => [foldColumns(d, x.shape, windows)])
}

/** For each element of a window, the image of that element in all windows: [N, C, ...window counts]. */
export function taps(x: Tensor, windows: Windows): Tensor[] {
  const counts = windowCounts('Unfold', x.shape, windows)
  const { kernel, stride, dilation, pads } = windows
  const padded = pads.some(each => each > 0) ? x.pad(padsOf(windows)) : x
  return kernel.reduce<Tensor[]>(
    (images, extent, axis) =>
      images.flatMap(image =>
        Array.from({ length: extent }, (_, i) =>
          steps(image, axis + 2, i * dilation[axis]!, counts[axis]!, stride[axis]!),
        ),
      ),
    [padded],
  )
}

function steps(x: Tensor, axis: number, start: number, count: Dimension, stride: number): Tensor {
  if (typeof count === 'number') return x.slice(axis, start, start + (count - 1) * stride + 1, stride)
  const extent = fixedExtents('Unfold', x.shape)[axis - 2]!
  return x.slice(axis, start, start + extent, stride)
}

/** Pads' counts for the whole image in ONNX's order, none for batch and channels. */
const padsOf = ({ pads, kernel: { length } }: Windows): number[] => [
  0,
  0,
  ...pads.slice(0, length),
  0,
  0,
  ...pads.slice(length),
]

const col2imOperator: Operator = { name: 'Col2Im', notDifferentiable: 'wrapped by fold' }

/** What `fold` does, windows given: [N, C * window elements, windows] to the image's shape. */
export function foldColumns(d: Tensor, shape: Shape, windows: Windows): Tensor {
  const image = d.dtype === 'float64' ? addTaps(d, shape, windows) : col2im(d, shape, windows)
  return image.withGradient([d], g => [columns(g, windows)])
}

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

/** The runtime has no float64 Col2Im: every tap spread over zeros of the padded image, and these summed. */
function addTaps(d: Tensor, shape: Shape, windows: Windows): Tensor {
  const { kernel, dilation, stride } = windows
  const [batch, channels] = shape as [Dimension, Dimension]
  const extents = fixedExtents('Fold', shape)
  const counts = windowCounts('Fold', shape, windows) as readonly number[]
  const size = kernel.reduce((product, extent) => product * extent, 1)
  const parts = d.reshape([batch, channels, size, ...counts])
  const padded = extents.map((extent, axis) => extent + paddingOf(windows, axis))
  const images = Array.from({ length: size }, (_, tap) => {
    const spreadOut = parts
      .slice(2, tap, tap + 1)
      .reshape([batch, channels, ...counts.flatMap(count => [count, 1])])
      .pad([...zeros(2 + 2 * counts.length), 0, 0, ...stride.flatMap(step => [0, step - 1])])
      .reshape([batch, channels, ...counts.map((count, axis) => count * stride[axis]!)])
    const place = placeOf(tap, kernel).map((position, axis) => position * dilation[axis]!)
    return place.reduce((image, start, axis) => {
      const used = (counts[axis]! - 1) * stride[axis]! + 1
      const sizes = zeros(2 * image.rank)
      sizes[axis + 2] = start
      sizes[axis + 2 + image.rank] = padded[axis]! - start - used
      return image.slice(axis + 2, 0, used).pad(sizes)
    }, spreadOut)
  })
  const sum = images.reduce((total, image) => total.add(image))
  return extents.reduce((image, extent, axis) => {
    const before = windows.pads[axis]!
    return image.slice(axis + 2, before, before + extent)
  }, sum)
}

const zeros = (length: number): number[] => Array<number>(length).fill(0)

/** Row-major coordinates of a flat position. */
function placeOf(position: number, extents: readonly number[]): number[] {
  return extents.map((extent, axis) => {
    const inner = extents.slice(axis + 1).reduce((product, each) => product * each, 1)
    return Math.floor(position / inner) % extent
  })
}
