import { sizeOf, type Shape } from '../dimension.ts'
import { apply, constant, Node, type Operator, type Tensor } from '../tensor.ts'
import { columns } from './lowering/columns.ts'
import { spread } from './lowering/correlation.ts'
import { along } from './lowering/linear-map.ts'
import {
  attributeWindows,
  fixedExtents,
  paddingOf,
  perAxis,
  reach,
  windowAttributes,
  windowCounts,
  windowsOf,
  type PerAxis,
  type WindowOptions,
  type Windows,
} from './lowering/window.ts'

export interface PoolOptions extends WindowOptions {
  /** Step from window to window. Default: the window's extent. */
  stride?: PerAxis
  /** Add a last window where the others leave elements over, as long as it starts inside image or padding. */
  ceil?: boolean
}

export interface AveragePoolOptions extends PoolOptions {
  /** Divide by the window's size also where it lies on padding. Default true, as in PyTorch. */
  countPadding?: boolean
}

function poolWindows(operator: string, x: Tensor, kernel: PerAxis, { ceil, ...options }: PoolOptions): Windows {
  const size = perAxis(operator, 'kernel', kernel, x.rank - 2, 1)
  const windows = windowsOf(operator, x, size, { ...options, stride: options.stride ?? size })
  return ceil ? grown(operator, x.shape, windows) : windows
}

/** Padding at the end that makes room for a last window which would have been left over. */
function grown(operator: string, shape: Shape, windows: Windows): Windows {
  const after = fixedExtents(operator, shape).map((extent, axis) => {
    const [stride, before] = [windows.stride[axis]!, windows.pads[axis]!]
    const room = extent + paddingOf(windows, axis) - reach(windows, axis)
    const steps = Math.ceil(room / stride)
    const last = steps * stride >= extent + before ? steps - 1 : steps
    return windows.pads[axis + windows.kernel.length]! + Math.max(0, last * stride - room)
  })
  return { ...windows, pads: [...windows.pads.slice(0, windows.kernel.length), ...after] }
}

const maxPoolOperator: Operator = {
  name: 'MaxPool',
  gradient: ({ inputs: [x], outputs: [y], attributes }, [d]) => {
    const types = [y!, { dtype: 'int64', shape: y!.shape }] as const
    const [, positions] = new Node(maxPoolOperator, [x], attributes, types).outputs
    const [size, count] = [sizeOf(x!.shape), sizeOf(y!.shape)]
    const zeros = x!.zerosLike().reshape([size])
    return [zeros.scatterElements(positions!.reshape([count]), d!.reshape([count]), 0, 'add').reshape(x!.shape)]
  },
}

/**
 * The largest element of each window of [N, C, ...spatial]; padding is never the largest. Among equal elements the first
 * gets the gradient. The positions that the gradient needs make the kernel many times slower, so the forward pass does
 * without them.
 */
export function maxPool(x: Tensor, kernel: PerAxis, options: PoolOptions = {}): Tensor {
  const windows = poolWindows('MaxPool', x, kernel, options)
  const shape = [x.shape[0]!, x.shape[1]!, ...windowCounts('MaxPool', x.shape, windows)]
  return apply(maxPoolOperator, [x], windowAttributes(windows), { dtype: x.dtype, shape })
}

const averagePoolOperator: Operator = {
  name: 'AveragePool',
  gradient: ({ inputs: [x], attributes }, [d]) => [spreadMeans(d!, x!.shape, attributeWindows(attributes))],
}

/** The mean of each window of [N, C, ...spatial]. */
export function averagePool(
  x: Tensor,
  kernel: PerAxis,
  { countPadding = true, ...options }: AveragePoolOptions = {},
): Tensor {
  const windows = poolWindows('AveragePool', x, kernel, options)
  const counted = countPadding ? poolWindows('AveragePool', x, kernel, { ...options, ceil: false }).pads : undefined
  const means = windowMeans(x, windows)
  if (windows.pads.every((each, i) => each === (counted?.[i] ?? 0))) return means
  return means.mul(shares(x, windows, counted ?? windows.pads.map(() => 0)))
}

const sizeOfWindow = ({ kernel }: Windows): number => kernel.reduce((product, extent) => product * extent, 1)

/** Means of whole windows, padding counted as zeros. */
function windowMeans(x: Tensor, windows: Windows): Tensor {
  const counts = windowCounts('AveragePool', x.shape, windows)
  const shape = [x.shape[0]!, x.shape[1]!, ...counts]
  if (x.dtype === 'float64') {
    const parts = columns(x, windows).reshape([x.shape[0]!, x.shape[1]!, sizeOfWindow(windows), sizeOf(counts)])
    return parts.mean(2).reshape(shape)
  }
  const attributes = { ...windowAttributes(windows), count_include_pad: { type: 'int', value: 1 } } as const
  return apply(averagePoolOperator, [x], attributes, { dtype: x.dtype, shape })
}

function spreadMeans(d: Tensor, shape: Shape, windows: Windows): Tensor {
  const channels = d.shape[1] as number
  const weight = constant(1 / sizeOfWindow(windows), [], d.dtype).expand([channels, 1, ...windows.kernel])
  return spread(d, weight, shape, windows, channels).withGradient([d], g => [windowMeans(g, windows)])
}

/** A window's size over the number of its elements that count, [1, 1, ...windows]: those within the counted padding. */
function shares(x: Tensor, windows: Windows, counted: readonly number[]): Tensor {
  const extents = fixedExtents('AveragePool', x.shape)
  const counts = windowCounts('AveragePool', x.shape, windows) as readonly number[]
  const factors = windows.kernel.map((size, axis) => {
    const [low, high] = [-counted[axis]!, extents[axis]! + counted[axis + extents.length]!]
    return Array.from({ length: counts[axis]! }, (_, i) => {
      const start = i * windows.stride[axis]! - windows.pads[axis]!
      const positions = Array.from({ length: size }, (_, j) => start + j * windows.dilation[axis]!)
      return size / positions.filter(position => position >= low && position < high).length
    })
  })
  const values = factors.reduce<number[]>((all, axis) => all.flatMap(outer => axis.map(own => outer * own)), [1])
  return constant(values, [1, 1, ...counts], x.dtype)
}

/** First and last position (exclusive) of each of `count` windows that share out `extent` elements. */
const adaptiveWindows = (extent: number, count: number): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, i) => [Math.floor((i * extent) / count), Math.ceil(((i + 1) * extent) / count)])

function adaptive(
  operator: string,
  x: Tensor,
  extents: PerAxis,
  even: (kernel: readonly number[]) => Tensor,
  oneAxis: (image: Tensor, axis: number, windows: readonly (readonly [number, number])[]) => Tensor,
): Tensor {
  const spatial = fixedExtents(operator, x.shape)
  const counts = perAxis(operator, 'extents', extents, spatial.length, 1)
  const kernel = spatial.map((extent, axis) => extent / counts[axis]!)
  if (kernel.every(Number.isInteger)) return even(kernel)
  return counts.reduce(
    (image, count, axis) =>
      count === spatial[axis] ? image : oneAxis(image, axis + 2, adaptiveWindows(spatial[axis]!, count)),
    x,
  )
}

/** The means of windows that share out the image evenly: window i of m covers floor(i n / m) to ceil((i + 1) n / m). */
export const adaptiveAveragePool = (x: Tensor, extents: PerAxis): Tensor =>
  adaptive(
    'AdaptiveAveragePool',
    x,
    extents,
    kernel => averagePool(x, kernel),
    (image, axis, windows) => {
      const extent = image.shape[axis] as number
      const rows = windows.flatMap(([start, end]) =>
        Array.from({ length: extent }, (_, i) => (i >= start && i < end ? 1 / (end - start) : 0)),
      )
      return along(image, axis, constant(rows, [windows.length, extent], image.dtype))
    },
  )

/** The largest elements of windows that share out the image evenly, as in `adaptiveAveragePool`. */
export const adaptiveMaxPool = (x: Tensor, extents: PerAxis): Tensor =>
  adaptive(
    'AdaptiveMaxPool',
    x,
    extents,
    kernel => maxPool(x, kernel),
    (image, axis, windows) => {
      const width = Math.max(...windows.map(([start, end]) => end - start))
      const positions = windows.flatMap(([start, end]) =>
        Array.from({ length: width }, (_, i) => Math.min(start + i, end - 1)),
      )
      const shape = image.shape.toSpliced(axis, 1, windows.length, width)
      return image
        .gather(constant(positions, [positions.length], 'int32'), axis)
        .reshape(shape)
        .max(axis + 1)
    },
  )

const spatialAxes = (x: Tensor): number[] => x.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis]))

/** The mean of each channel's image: [N, C, ...spatial] -> [N, C]. */
export const globalAveragePool = (x: Tensor): Tensor => x.mean(spatialAxes(x))

/** The largest element of each channel's image: [N, C, ...spatial] -> [N, C]. */
export const globalMaxPool = (x: Tensor): Tensor => x.max(spatialAxes(x))
