import { shapeMismatch, sizeOf } from '../dimension.ts'
import { constant, type Tensor } from '../tensor.ts'
import { columns, foldColumns } from './lowering/columns.ts'
import { windowCounts, windowsOf, type PerAxis, type WindowOptions } from './lowering/window.ts'

/**
 * The windows of an image as columns (im2col): [N, C, ...spatial] -> [N, C * window elements, windows], channel-major,
 * windows and their elements in row-major order. `kernel` is the window's extents.
 */
export function unfold(x: Tensor, kernel: PerAxis, options: WindowOptions = {}): Tensor {
  return columns(x, windowsOf('Unfold', x, spread(kernel, x.rank - 2), options))
}

/** Adds columns back to an image [N, C, ...extents] (col2im): the transpose of `unfold`. */
export function fold(x: Tensor, extents: readonly number[], kernel: PerAxis, options: WindowOptions = {}): Tensor {
  const size = spread(kernel, extents.length)
  const channels = Number(x.shape[1]) / size.reduce((product, extent) => product * extent, 1)
  if (x.rank !== 3 || !Number.isInteger(channels)) {
    throw shapeMismatch('Fold', [x.shape], `takes [batch, channels * ${size.join(' * ')}, windows]`)
  }
  const shape = [x.shape[0]!, channels, ...extents]
  const image = constant(0, [], x.dtype).expand(shape, [x])
  const windows = windowsOf('Fold', image, size, options)
  const count = sizeOf(windowCounts('Fold', shape, windows))
  if (x.shape[2] !== count) throw shapeMismatch('Fold', [x.shape, shape], `the image has ${count} windows`)
  return foldColumns(x, shape, windows)
}

const spread = (kernel: PerAxis, axes: number): readonly number[] =>
  typeof kernel === 'number' ? Array<number>(axes).fill(kernel) : kernel
