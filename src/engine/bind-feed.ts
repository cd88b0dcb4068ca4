import { InterplayError } from '../errors/index.ts'
import { evaluateDimension, spellShape } from './dimension.ts'
import { toArray, type HostTensor, type TypedArray } from './dtype.ts'
import type { Tensor } from './tensor.ts'

/** Values of an input: in row-major order, with their extents, or a scalar's number. */
export type Feed = TypedArray | HostTensor | number

/** Checks a feed against its declaration and adds the numbers that its extents give to symbols. Throws `engine/feed`. */
export function bindFeed(name: string, tensor: Tensor, feed: Feed, bindings: Map<string, number>): HostTensor {
  const given = typeof feed === 'number' ? toArray(tensor.dtype, [feed]) : ArrayBuffer.isView(feed) ? feed : feed.data
  const data = toArray(tensor.dtype, given as TypedArray)
  const dims =
    typeof feed === 'object' && 'dims' in feed ? feed.dims : inferExtents(name, tensor, data.length, bindings)
  const fits = dims.length === tensor.rank && dims.reduce((product, extent) => product * extent, 1) === data.length
  if (!fits) throw illShaped(name, tensor, `${data.length} elements as ${spellShape(dims)}`)
  tensor.shape.forEach((extent, axis) => {
    const known = evaluateDimension(extent, bindings)
    if (known === undefined) bindings.set(extent as string, dims[axis]!)
    else if (known !== dims[axis]) throw illShaped(name, tensor, `${spellShape(dims)}, where ${extent} is ${known}`)
  })
  return { dtype: tensor.dtype, dims, data }
}

function inferExtents(name: string, tensor: Tensor, length: number, bindings: ReadonlyMap<string, number>): number[] {
  const known = tensor.shape.map(extent => evaluateDimension(extent, bindings))
  const open = known.flatMap((extent, axis) => (extent === undefined ? [axis] : []))
  const product = known.reduce<number>((total, extent) => total * (extent ?? 1), 1)
  if (open.length > 1)
    throw illShaped(name, tensor, 'a bare array; several of its extents are open, so feed { dtype, dims, data }')
  if (open.length === 0 || product === 0) return known.map(extent => extent ?? 0)
  if (length % product !== 0) throw illShaped(name, tensor, `${length} elements`)
  return known.map(extent => extent ?? length / product)
}

const illShaped = (name: string, tensor: Tensor, got: string): InterplayError =>
  new InterplayError('engine/feed', `input '${name}' is ${tensor.dtype}${spellShape(tensor.shape)}, got ${got}`)
