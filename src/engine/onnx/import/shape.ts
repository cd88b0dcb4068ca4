import {
  broadcastShapes,
  divideDimensions,
  isStatic,
  multiplyDimensions,
  type Dimension,
  type Shape,
} from '../../dimension.ts'
import { expandBy, fill, range, reshapeBy, trilu } from '../../ops/lowering/dynamic.ts'
import { depthToSpace, spaceToDepth } from '../../ops/rearrange.ts'
import { concat } from '../../ops/shape.ts'
import { constant, normalAxis, type Tensor } from '../../tensor.ts'
import { foldConcat, foldExpand, foldTranspose, sizeOf } from './fold.ts'
import { hostTensor, Unread, type Answer, type Reader, type Reading } from './reading.ts'
import { same } from './symbols.ts'
import { isExact, longestKnown, Value, type Known } from './value.ts'

const shape: Reader = node => {
  const value = node.value(0)
  const rank = value.shape.length
  const place = (position: number) => Math.min(Math.max(position < 0 ? position + rank : position, 0), rank)
  const start = place(node.int('start', 0))
  const end = Math.max(start, place(node.int('end', rank)))
  const elements = value.shape.slice(start, end)
  return Value.known({ dtype: 'int64', dims: [elements.length], elements }, () => value.tensor.extents(start, end))
}

const size: Reader = node => {
  const value = node.value(0)
  const count = value.shape.reduce(multiplyDimensions, 1)
  return Value.known({ dtype: 'int64', dims: [], elements: [count] }, () => value.tensor.extents().prod())
}

/** The same elements under other extents, known elements included. */
function reshaped(value: Value, dims: Shape, build: (x: Tensor) => Tensor): Answer {
  const { known } = value
  if (!known || !isStatic(dims) || sizeOf(dims) !== known.elements.length) return build(value.tensor)
  return Value.known({ ...known, dims }, () => build(value.tensor))
}

const reshape: Reader = node => {
  const [value, target] = [node.value(0), node.value(1)]
  const wanted = target.known?.elements ?? unknownExtents(node, target)
  const copies = node.int('allowzero', 0) === 0
  const asked = wanted.map((extent, axis) => (extent === 0 && copies ? (value.shape[axis] ?? 0) : extent))
  const dims = inferred(node, value.shape, asked)
  return reshaped(value, dims, x => reshapeTensor(node, x, dims, target))
}

/** Nothing has more axes than this. */
const highestRank = 64

function unknownExtents(node: Reading, target: Value): Dimension[] {
  const [rank] = target.shape
  if (typeof rank !== 'number') throw new Unread('to a shape of unknown rank')
  if (rank > highestRank) throw new Unread(`to a shape of ${rank} axes`)
  return Array.from({ length: rank }, (_, axis) => node.symbol(axis))
}

/** The extent that is left for -1; a symbol of its own where symbols do not divide. */
function inferred(node: Reading, from: Shape, asked: Shape): Shape {
  const open = asked.indexOf(-1)
  if (open < 0) return asked
  const rest = asked.filter((_, axis) => axis !== open).reduce(multiplyDimensions, 1)
  const total = from.reduce(multiplyDimensions, 1)
  const extent = divideDimensions(total, rest)
  if (extent === undefined && typeof total === 'number' && typeof rest === 'number') return asked
  return asked.with(open, extent ?? node.symbol(open))
}

function reshapeTensor(node: Reading, x: Tensor, dims: Shape, target: Value): Tensor {
  const equal = x.shape.reduce(multiplyDimensions, 1) === dims.reduce(multiplyDimensions, 1)
  const symbols = dims.filter((extent, axis) => typeof extent === 'string' && extent !== x.shape[axis])
  if ((equal && symbols.length <= 1) || (isStatic(x.shape) && isStatic(dims))) return x.reshape(dims)
  return reshapeBy(x, target.tensor, dims, node.int('allowzero', 0) === 0)
}

const flatten: Reader = node => {
  const value = node.value(0)
  const axis = node.int('axis', 1)
  const split = axis < 0 ? axis + value.shape.length : axis
  const dims = [value.shape.slice(0, split), value.shape.slice(split)].map(part => part.reduce(multiplyDimensions, 1))
  return reshaped(value, dims, x => x.reshape(dims))
}

const squeeze: Reader = node => {
  const value = node.value(0)
  const rank = value.shape.length
  const axes = node.has(1)
    ? node.numbers(1, 'axes').map(axis => normalAxis('Squeeze', axis, rank))
    : value.shape.flatMap((extent, axis) => (extent === 1 ? [axis] : []))
  const dims = value.shape.filter((_, axis) => !axes.includes(axis))
  return reshaped(value, dims, x => x.squeeze(axes))
}

const unsqueeze: Reader = node => {
  const value = node.value(0)
  const listed = node.numbers(1, 'axes')
  const rank = value.shape.length + listed.length
  const axes = listed.map(axis => normalAxis('Unsqueeze', axis, rank))
  const rest = [...value.shape]
  const dims = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!))
  return reshaped(value, dims, x => x.unsqueeze(axes))
}

const transpose: Reader = node => {
  const value = node.value(0)
  const order = node.ints('perm') ?? value.shape.map((_, axis) => axis).reverse()
  if (value.shape.length < 2) return value
  const known = value.known && isOrder(order, value.shape.length) ? foldTranspose(value.known, order) : undefined
  const build = () => value.tensor.transpose(order)
  return known ? Value.known(known, build) : build()
}

const isOrder = (order: readonly number[], rank: number): boolean =>
  order.length === rank && order.every(axis => axis >= 0 && axis < rank) && new Set(order).size === rank

/** Extents that a shape tensor tells, new symbols for those it does not. */
const extentsOf = (node: Reading, index: number): Shape =>
  node.value(index).known?.elements ?? unknownExtents(node, node.value(index))

const expand: Reader = node => {
  const [value, target] = [node.value(0), node.value(1)]
  const asked = extentsOf(node, 1)
  const rank = Math.max(asked.length, value.shape.length)
  for (let axis = 1; axis <= rank; axis++) {
    const [own, wanted] = [value.shape.at(-axis), asked.at(-axis)]
    if (axis <= value.shape.length && axis <= asked.length && own !== 1 && wanted !== 1) same(own!, wanted!)
  }
  const dims = broadcastShapes('Expand', value.shape, asked)
  const build = (x: Tensor) => (isStatic(dims) ? x.expand(dims) : expandBy(x, target.tensor, dims))
  const known = value.known && isStatic(dims) ? foldExpand(value.known, dims) : undefined
  return known ? Value.known(known, () => build(value.tensor)) : build(value.tensor)
}

const constantOfShape: Reader = node => {
  const attribute = node.node.attributes.value
  const { dtype, data } =
    attribute?.type === 'tensor' ? hostTensor(attribute.value) : { dtype: 'float32' as const, data: Float32Array.of(0) }
  const dims = extentsOf(node, 0)
  const element = Number(data[0])
  if (!isExact(element, dtype)) throw new Unread(`of the integer ${data[0]}`)
  const build = () => fill(element, dtype, node.tensor(0), dims)
  if (!isStatic(dims) || sizeOf(dims) > longestKnown) return build()
  return Value.known({ dtype, dims, elements: Array<number>(sizeOf(dims)).fill(element) }, build)
}

const counting: Reader = node => {
  const [start, limit, step] = [0, 1, 2].map(i => node.value(i)) as [Value, Value, Value]
  const [from, to, by] = [start, limit, step].map(value => value.known?.elements[0])
  const build = (count: Dimension) => range(start.tensor, limit.tensor, step.tensor, count)
  if (typeof from === 'number' && typeof to === 'number' && typeof by === 'number' && by !== 0) {
    const count = Math.max(Math.ceil((to - from) / by), 0)
    if (count > longestKnown) return build(count)
    const elements = Array.from({ length: count }, (_, i) => from + i * by)
    return Value.known({ dtype: start.dtype, dims: [count], elements }, () => build(count))
  }
  const ascending = by === 1 && to !== undefined && from === 0
  return build(ascending ? to : node.symbol(0))
}

/** Each axis repeated: a new axis before it, broadcast, and joined with it. */
const tile: Reader = node => {
  const repeats = node.value(1)
  const counts = extentsOf(node, 1)
  return counts.reduce<Tensor>((x, count, axis) => {
    if (count === 1) return x
    if (count === 0) return x.slice(axis, 0, 0)
    const widened = x.unsqueeze(axis)
    const dims = widened.shape.with(axis, count)
    const own = repeats.tensor.slice(0, axis, axis + 1)
    const ones = (length: number) => (length === 0 ? [] : [constant(Array<number>(length).fill(1), [length], 'int64')])
    const target = () => concat([...ones(axis), own, ...ones(x.rank - axis)], 0)
    const copied = isStatic(dims) ? widened.expand(dims) : expandBy(widened, target(), dims)
    return copied.reshape(x.shape.with(axis, multiplyDimensions(count, x.shape[axis]!)))
  }, node.tensor(0))
}

const join: Reader = node => {
  const values = node.node.inputs.map((_, i) => node.value(i))
  const [first] = values
  if (!first) throw new Unread('of nothing')
  const axis = node.axis(first.shape.length, 0)
  for (const { shape: own } of values) {
    own.forEach((extent, i) => i !== axis && first.shape[i] !== undefined && same(first.shape[i], extent))
  }
  const build = () =>
    concat(
      values.map(value => value.tensor),
      axis,
    )
  const parts = node.known()
  const known = parts && foldConcat(parts as Known[], axis)
  return known ? Value.known(known, build) : build()
}

/** Zeros on one side of a diagonal of the last two axes. */
const triangle: Reader = node => {
  const upper = node.int('upper', 1) !== 0
  return trilu(node.tensor(0), node.has(1) ? node.number(1, 'its diagonal') : 0, upper)
}

const depthOrder = (node: Reading) => (node.string('mode', 'DCR') === 'CRD' ? 'channelsFirst' : 'blocksFirst')

export const shapes: Record<string, Reader> = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  ConstantOfShape: constantOfShape,
  Range: counting,
  Tile: tile,
  Concat: join,
  Trilu: triangle,
  DepthToSpace: node => depthToSpace(node.tensor(0), node.int('blocksize', 1), depthOrder(node)),
  SpaceToDepth: node => spaceToDepth(node.tensor(0), node.int('blocksize', 1), 'blocksFirst'),
}
