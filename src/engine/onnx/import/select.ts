import { isStatic } from '../../dimension.ts'
import { padWith } from '../../ops/rearrange.ts'
import { concat } from '../../ops/shape.ts'
import { constant, normalAxis, type Tensor } from '../../tensor.ts'
import { foldGather } from './fold.ts'
import { Unread, type Reader, type Reading } from './reading.ts'
import { slice } from './slice.ts'
import { Value } from './value.ts'

const gather: Reader = node => {
  const [value, indices] = [node.value(0), node.value(1)]
  const axis = node.axis(value.shape.length, 0)
  const positions = indices.numbers
  const known =
    value.known && positions && isStatic(indices.shape)
      ? foldGather(value.known, positions, indices.shape, axis)
      : undefined
  const build = () => gathered(node, value.tensor, indices, axis)
  return known ? Value.known(known, build) : build()
}

/** One fixed position is a slice, whose gradient is a pad; fixed ones count from the front, as the host's sort does. */
function gathered(node: Reading, x: Tensor, indices: Value, axis: number): Tensor {
  const extent = x.shape[axis]!
  const positions = indices.numbers
  if (positions?.length === 1 && indices.shape.length === 0) {
    const [position] = positions as [number]
    if (typeof extent === 'string') node.expectAtLeast(extent, position < 0 ? -position : position + 1)
    return x.slice(axis, position, position === -1 ? undefined : position + 1).squeeze(axis)
  }
  if (!positions || typeof extent !== 'number') return x.gather(indices.tensor, axis)
  const front = positions.map(position => (position < 0 ? position + extent : position))
  if (front.some(position => !(position >= 0 && position < extent))) throw new Unread('beyond the data')
  return x.gather(constant(front, indices.shape as readonly number[], 'int64'), axis)
}

/** Parts of given sizes, or as many equal ones as asked, the last one smaller. */
const split: Reader = node => {
  const value = node.value(0)
  const axis = node.axis(value.shape.length, 0)
  const extent = value.shape[axis]
  const outputs = node.node.outputs.length
  if (node.int('num_outputs', outputs) !== outputs) throw new Unread('into another number of parts than it names')
  if (!node.has(1) && typeof extent !== 'number') throw new Unread('of an open extent')
  const width = Math.ceil((extent as number) / outputs)
  const sizes = node.has(1)
    ? node.numbers(1, 'sizes')
    : Array.from({ length: outputs }, (_, i) => Math.min(width, (extent as number) - i * width))
  let start = 0
  if (value.known && sizes.every(part => part >= 0) && sizes.reduce((sum, part) => sum + part, 0) === extent) {
    return sizes.map(part => {
      const from = start
      start += part
      const positions = Array.from({ length: part }, (_, i) => from + i)
      const known = foldGather(value.known!, positions, [part], axis)
      const build = () => value.tensor.slice(axis, from, from + part)
      return known ? Value.known(known, build) : build()
    })
  }
  return value.tensor.split(sizes, axis)
}

/** Sizes before and after each axis; cuts where they are negative. */
const pad: Reader = node => {
  const x = node.tensor(0)
  const sizes = node.numbers(1, 'sizes')
  const axes = node.has(3)
    ? node.numbers(3, 'axes').map(axis => normalAxis('Pad', axis, x.rank))
    : x.shape.map((_, i) => i)
  const mode = node.string('mode', 'constant')
  if (sizes.length !== axes.length * 2) throw new Unread('with sizes of another rank')
  const value = node.has(2) ? node.number(2, 'its value') : 0
  const all = new Array<number>(x.rank * 2).fill(0)
  axes.forEach((axis, i) => {
    all[axis] = sizes[i]!
    all[axis + x.rank] = sizes[i + axes.length]!
  })
  const cut = x.shape.reduce<Tensor>((rest, _, axis) => {
    const [before, after] = [Math.max(-all[axis]!, 0), Math.max(-all[axis + x.rank]!, 0)]
    node.expectAtLeast(x.shape[axis]!, before + after)
    return before + after === 0 ? rest : rest.slice(axis, before, after === 0 ? undefined : -after)
  }, x)
  const grown = all.map(count => Math.max(count, 0))
  if (grown.every(count => count === 0)) return cut
  if (mode === 'constant') return cut.pad(grown, value)
  if (mode !== 'reflect' && mode !== 'edge' && mode !== 'wrap') throw new Unread(`in the mode '${mode}'`)
  if (grown.some(count => count > 1 << 16)) throw new Unread(`in the mode '${mode}' by ${Math.max(...grown)}`)
  return mode === 'reflect' ? reflected(node, cut, grown) : padWith(cut, grown, mode)
}

/** Open extents are mirrored by slices, whose extents are known. */
function reflected(node: Reading, x: Tensor, sizes: readonly number[]): Tensor {
  return x.shape.reduce<Tensor>((rest, extent, axis) => {
    const [before, after] = [sizes[axis]!, sizes[axis + x.rank]!]
    if (typeof extent === 'number') {
      const own = sizes.map((size, i) => (i % x.rank === axis ? size : 0))
      return before + after === 0 ? rest : padWith(rest, own, 'reflect')
    }
    if (before + after > 0) node.expectAtLeast(extent, Math.max(before, after) + 1)
    const mirrored = (count: number, start: number, end: number) =>
      count === 0 ? [] : [rest.slice(axis, start, end).flip(axis)]
    return concat([...mirrored(before, 1, before + 1), rest, ...mirrored(after, -after - 1, -1)], axis)
  }, x)
}

const gatherElements: Reader = node => {
  const [x, indices] = [node.tensor(0), node.tensor(1)]
  return x.gatherElements(indices, node.axis(x.rank, 0))
}

/** What updates do to what is there. */
function reductionOf(node: Reading): 'none' | 'add' {
  const reduction = node.string('reduction', 'none')
  if (reduction === 'none' || reduction === 'add') return reduction
  throw new Unread(`with the reduction '${reduction}'`)
}

const scatterElements: Reader = node => {
  const [x, indices, updates] = node.tensors() as [Tensor, Tensor, Tensor]
  return x.scatterElements(indices, updates, node.axis(x.rank, 0), reductionOf(node))
}

const gatherSlices: Reader = node => {
  if (node.int('batch_dims', 0) !== 0) throw new Unread('over batches')
  return node.tensor(0).gatherND(node.tensor(1))
}

const scatterSlices: Reader = node => {
  const [x, indices, updates] = node.tensors() as [Tensor, Tensor, Tensor]
  return x.scatterND(indices, updates, reductionOf(node))
}

const topK: Reader = node => {
  const x = node.tensor(0)
  const { values, indices } = x.topK(node.number(1, 'its count'), node.axis(x.rank, -1), {
    largest: node.int('largest', 1) !== 0,
  })
  return [values, indices]
}

/** Negative positions count from the end. */
const oneHot: Reader = node => {
  const [given, depth] = [node.tensor(0).cast('int64'), node.number(1, 'its depth')]
  if (!(depth > 0 && depth <= 1 << 20)) throw new Unread(`of depth ${depth}`)
  const values = node.tensor(2)
  const indices = given.less(0).where(given.add(depth), given)
  const hot = indices.oneHot(depth, 'bool').where(values.slice(0, 1).reshape([]), values.slice(0, 0, 1).reshape([]))
  const axis = node.axis(hot.rank, -1)
  const order = indices.shape.map((_, i) => i)
  return hot.transpose([...order.slice(0, axis), hot.rank - 1, ...order.slice(axis)])
}

export const selections: Record<string, Reader> = {
  Gather: gather,
  Slice: slice,
  Split: split,
  Pad: pad,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  GatherND: gatherSlices,
  ScatterND: scatterSlices,
  TopK: topK,
  OneHot: oneHot,
}
