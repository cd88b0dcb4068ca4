import { isStatic, sizeOf } from '../../dimension.ts'
import { constant, type Tensor } from '../../tensor.ts'
import { productRowsFirst } from '../matmul.ts'
import { windowCounts, type Windows } from './window.ts'

/** Entries of a channel's matrix: of 16 x 16 positions the places of a 7 x 7 kernel would weigh 13 MB. */
const largest = 4096

/**
 * A depthwise convolution of small maps is a product for each channel: of the batch's maps, a row each, with a matrix
 * [positions, windows] whose entries are the kernel's. The runtime's own kernel makes a column matrix for every map and
 * channel instead.
 */
export interface DepthwiseProduct {
  /** [channels, positions, windows] */
  matrix: Tensor
  /** Where in it each element of the kernel stands: [kernel elements, positions * windows] of zeros and ones. */
  places: Tensor
}

/** Undefined where groups, type or extents speak for the runtime's own kernel. */
export function depthwiseProduct(
  x: Tensor,
  weight: Tensor,
  windows: Windows,
  groups: number,
): DepthwiseProduct | undefined {
  const [channels, width] = weight.shape as readonly number[]
  const extents = x.shape.slice(2)
  if (x.dtype !== 'float32' || groups !== channels || width !== 1 || !isStatic(extents)) return undefined
  const counts = windowCounts('Conv', x.shape, windows) as readonly number[]
  const [positions, count] = [sizeOf(extents), sizeOf(counts)] as [number, number]
  if (positions * count > largest) return undefined
  const places = placesOf(windows, extents, counts)
  const size = sizeOf(windows.kernel)
  const matrix = weight.reshape([channels!, size]).matmul(places).reshape([channels!, positions, count])
  return { matrix, places }
}

/** The convolution's value. */
export function convolveDepthwise(x: Tensor, { matrix }: DepthwiseProduct, shape: Tensor['shape']): Tensor {
  return productRowsFirst(flat(x), matrix, { firstA: true, firstY: true }).reshape(shape)
}

/** Its gradient with respect to its image. */
export function spreadDepthwise(d: Tensor, { matrix }: DepthwiseProduct, shape: Tensor['shape']): Tensor {
  return productRowsFirst(flat(d), matrix, { transposeB: true, firstA: true, firstY: true }).reshape(shape)
}

/** Its gradient with respect to its weight. */
export function correlateDepthwise(x: Tensor, d: Tensor, { places }: DepthwiseProduct, shape: Tensor['shape']): Tensor {
  const products = productRowsFirst(flat(x), flat(d), { transposeA: true, firstA: true, firstB: true })
  const entries = products.reshape([shape[0]!, places.shape[1]!])
  return entries.matmul(places, { transposeB: true }).reshape(shape)
}

/** [N, C, ...spatial] as [N, C, positions]: a row of each channel's matrix for each of the batch. */
const flat = (x: Tensor): Tensor => x.reshape([x.shape[0]!, x.shape[1]!, sizeOf(x.shape.slice(2))])

const known = new Map<string, Tensor>()

/** One constant for all convolutions of these windows. */
function placesOf(windows: Windows, extents: readonly number[], counts: readonly number[]): Tensor {
  const key = JSON.stringify([windows, extents])
  const places = known.get(key) ?? drawPlaces(windows, extents, counts)
  known.set(key, places)
  return places
}

function drawPlaces(windows: Windows, extents: readonly number[], counts: readonly number[]): Tensor {
  const { kernel, stride, dilation, pads } = windows
  const [size, positions, count] = [kernel, extents, counts].map(each => sizeOf(each) as number) as [
    number,
    number,
    number,
  ]
  const values = new Float32Array(size * positions * count)
  for (let tap = 0; tap < size; tap++) {
    for (let window = 0; window < count; window++) {
      const position = positionOf(unravelled(tap, kernel), unravelled(window, counts))
      if (position !== undefined) values[(tap * positions + position) * count + window] = 1
    }
  }
  return constant(values, [size, positions * count])

  /** The position that an element of the kernel meets in a window; undefined in the padding. */
  function positionOf(tap: readonly number[], window: readonly number[]): number | undefined {
    let position = 0
    for (const [axis, extent] of extents.entries()) {
      const at = window[axis]! * stride[axis]! + tap[axis]! * dilation[axis]! - pads[axis]!
      if (at < 0 || at >= extent) return undefined
      position = position * extent + at
    }
    return position
  }
}

/** Indices along each axis of an element in row-major order. */
function unravelled(index: number, extents: readonly number[]): number[] {
  const indices = Array<number>(extents.length)
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    indices[axis] = index % extents[axis]!
    index = Math.floor(index / extents[axis]!)
  }
  return indices
}
