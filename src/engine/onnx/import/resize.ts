import type { Dimension } from '../../dimension.ts'
import { nearestPositions } from '../../ops/lowering/interpolation.ts'
import { resize } from '../../ops/resize.ts'
import { constant, staticShape, type Tensor } from '../../tensor.ts'
import { Unread, type Reader, type Reading } from './reading.ts'

const corners = {
  half_pixel: 'halfPixel',
  pytorch_half_pixel: 'halfPixel',
  align_corners: 'alignCorners',
  asymmetric: 'asymmetric',
} as const

/** Spatial extents of a Resize: given, or whole multiples by its scales. */
function resizedTo(node: Reading, x: Tensor): number[] {
  const axes = node.ints('axes')?.map(axis => (axis < 0 ? axis + x.rank : axis)) ?? x.shape.map((_, axis) => axis)
  const sizes = node.has(3) ? node.value(3).known?.elements : undefined
  if (node.has(3) && !sizes) throw new Unread('to sizes known only when it runs')
  const scales = sizes ? [] : node.numbers(2, 'scales')
  const to = axes.map((axis, i): Dimension => {
    const extent = x.shape[axis]!
    if (sizes) return sizes[i]!
    if (scales[i] === 1) return extent
    if (typeof extent !== 'number') throw new Unread('of an open extent')
    const scaled = extent * scales[i]!
    if (!Number.isInteger(scaled)) throw new Unread('by scales that give no whole extents')
    return scaled
  })
  const all = x.shape.map((extent, axis) => (axes.includes(axis) ? to[axes.indexOf(axis)]! : extent))
  if (all[0] !== x.shape[0] || all[1] !== x.shape[1]) throw new Unread('of batch or channels')
  return all.slice(2).map(extent => {
    if (typeof extent === 'number' && extent > 0) return extent
    throw new Unread(`to an extent of ${extent}`)
  })
}

const roundings: ReadonlyMap<string, (place: number) => number> = new Map([
  ['floor', Math.floor],
  ['ceil', Math.ceil],
  ['round_prefer_floor', (place: number) => Math.ceil(place - 0.5)],
  ['round_prefer_ceil', (place: number) => Math.floor(place + 0.5)],
])

/** Nearest elements in any of ONNX's roundings; those that the engine's own operator takes are left to it. */
function resizedNearest(node: Reading, x: Tensor, to: readonly number[], mode: keyof typeof corners): Tensor {
  const round = roundings.get(node.string('nearest_mode', 'round_prefer_floor'))
  if (!round) throw new Unread(`with the rounding '${node.string('nearest_mode', '')}'`)
  const from = staticShape('Resize', x.slice(0, 0, 1)).slice(2)
  const positions = to.map((count, axis) =>
    Array.from({ length: count }, (_, i) => {
      const place = round(placeOf(i, from[axis]!, count, mode))
      return Math.min(Math.max(place, 0), from[axis]! - 1)
    }),
  )
  const plain = positions.every((own, axis) =>
    nearestPositions(from[axis]!, to[axis]!, {}).every((position, i) => position === own[i]),
  )
  if (plain) return resize(x, to, { mode: 'nearest' })
  return positions.reduce<Tensor>((image, own, axis) => {
    return image.gather(constant(own, [own.length], 'int64'), axis + 2)
  }, x)
}

/** Where sample `i` of `to` lies among `from`. */
function placeOf(i: number, from: number, to: number, mode: keyof typeof corners): number {
  if (mode === 'align_corners') return to === 1 ? 0 : (i * (from - 1)) / (to - 1)
  if (mode === 'asymmetric') return (i * from) / to
  return mode === 'pytorch_half_pixel' && to === 1 ? 0 : ((i + 0.5) * from) / to - 0.5
}

const largestExtent = 1 << 16

export const resizing: Reader = node => {
  const x = node.tensor(0)
  const to = resizedTo(node, x)
  const mode = node.string('coordinate_transformation_mode', 'half_pixel')
  if (!Object.hasOwn(corners, mode)) throw new Unread(`with the coordinates '${mode}'`)
  if (to.some(extent => extent > largestExtent)) throw new Unread(`to an extent of ${Math.max(...to)}`)
  if (node.int('antialias', 0) !== 0) throw new Unread('with antialiasing')
  if (node.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch') throw new Unread('keeping the aspect ratio')
  const placing = mode as keyof typeof corners
  const kind = node.string('mode', 'nearest')
  if (kind === 'nearest') return resizedNearest(node, x, to, placing)
  if (kind !== 'linear' && kind !== 'cubic') throw new Unread(`in the mode '${kind}'`)
  if (kind === 'cubic' && node.float('cubic_coeff_a', -0.75) !== -0.75) throw new Unread('with other cubics')
  if (node.int('exclude_outside', 0) !== 0) throw new Unread('leaving out what lies outside')
  if (placing === 'pytorch_half_pixel' && to.includes(1)) throw new Unread('to an extent of 1')
  return resize(x, to, { mode: kind, corners: corners[placing] })
}
