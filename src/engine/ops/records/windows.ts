import type { Attributes, Values } from './record.ts'
import { element, indices, size, tabulate } from './values.ts'

/** A fixture's windows as options of the builders. */
export const windowOptions = ({ strides, pads, dilations, group, ceil_mode }: Attributes) => ({
  stride: strides as number[],
  padding: pads as number[],
  ...(dilations && { dilation: dilations as number[] }),
  ...(group && { groups: group as number }),
  ...(ceil_mode && { ceil: true }),
})

export interface PlainWindows {
  kernel: readonly number[]
  stride?: number | readonly number[]
  padding?: number | readonly number[]
  dilation?: number
}

const along = (value: number | readonly number[], axis: number): number =>
  typeof value === 'number' ? value : value[axis]!

/** Image positions of the elements of a window, undefined on padding, in row-major order. */
export function windowAt(
  extents: readonly number[],
  place: readonly number[],
  { kernel, stride = 1, padding = 0, dilation = 1 }: PlainWindows,
): (readonly number[] | undefined)[] {
  return [...indices(kernel)].map(tap => {
    const position = tap.map((t, axis) => place[axis]! * along(stride, axis) + t * dilation - along(padding, axis))
    return position.every((p, axis) => p >= 0 && p < extents[axis]!) ? position : undefined
  })
}

export const windowCount = (
  extents: readonly number[],
  { kernel, stride = 1, padding = 0, dilation = 1 }: PlainWindows,
): number[] =>
  extents.map((extent, axis) => {
    const room = extent + 2 * along(padding, axis) - (kernel[axis]! - 1) * dilation - 1
    return Math.floor(room / along(stride, axis)) + 1
  })

/** A function of the elements of each window, padding left out; `whole` is the window's size. */
export function pooled(x: Values, windows: PlainWindows, f: (elements: number[], whole: number) => number): Values {
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]]
  return tabulate([batch, channels, ...windowCount(extents, windows)], ([n, c, ...place]) => {
    const positions = windowAt(extents, place, windows).filter(position => position !== undefined)
    return f(
      positions.map(position => element(x, [n!, c!, ...position])),
      size(windows.kernel),
    )
  })
}

/** Correlation of an image with a weight [K, C / groups, ...kernel]. */
export function correlated(x: Values, weight: Values, groups: number, options: Omit<PlainWindows, 'kernel'>): Values {
  const [batch, , ...extents] = x.shape as [number, number, ...number[]]
  const [outputs, width, ...kernel] = weight.shape as [number, number, ...number[]]
  const windows = { ...options, kernel }
  const taps = [...indices(kernel)]
  return tabulate([batch, outputs, ...windowCount(extents, windows)], ([n, k, ...place]) => {
    const first = Math.floor(k! / (outputs / groups)) * width
    let total = 0
    windowAt(extents, place, windows).forEach((position, t) => {
      if (!position) return
      for (let c = 0; c < width; c++)
        total += element(x, [n!, first + c, ...position]) * element(weight, [k!, c, ...taps[t]!])
    })
    return total
  })
}

/** The transpose of `correlated`: every element spread over a window of the image. */
export function spreadOut(
  x: Values,
  weight: Values,
  extents: readonly number[],
  groups: number,
  options: Omit<PlainWindows, 'kernel'>,
): Values {
  const [batch, inputs, ...counts] = x.shape as [number, number, ...number[]]
  const [, width, ...kernel] = weight.shape as [number, number, ...number[]]
  const shape = [batch, width * groups, ...extents]
  const taps = [...indices(kernel)]
  const sums = new Map<string, number>()
  for (const place of indices(counts)) {
    windowAt(extents, place, { ...options, kernel }).forEach((position, t) => {
      if (!position) return
      for (const [n, c, k] of indices([batch, inputs, width]) as Iterable<[number, number, number]>) {
        const channel = Math.floor(c / (inputs / groups)) * width + k
        const key = [n, channel, ...position].join()
        const product = element(x, [n, c, ...place]) * element(weight, [c, k, ...taps[t]!])
        sums.set(key, (sums.get(key) ?? 0) + product)
      }
    })
  }
  return tabulate(shape, index => sums.get(index.join()) ?? 0)
}
