import { addDimensions, subtractDimensions, type Dimension } from '../../dimension.ts'
import { reshapeBy, sliceBy } from '../../ops/lowering/dynamic.ts'
import { constant, normalAxis, Tensor } from '../../tensor.ts'
import { foldGather, isExtent } from './fold.ts'
import { Unread, type Answer, type Reader, type Reading } from './reading.ts'
import { Value } from './value.ts'

/** Bounds per axis; absent axes are the first ones, absent steps are 1. */
export const slice: Reader = node => {
  const value = node.value(0)
  const [starts, ends] = [1, 2].map(i => node.value(i)) as [Value, Value]
  const count = starts.shape[0]
  if (typeof count !== 'number') throw new Unread('along an open number of axes')
  if (count > value.shape.length) throw new Unread('along more axes than there are')
  const axes = node.has(3) ? node.numbers(3, 'axes') : Array.from({ length: count }, (_, i) => i)
  const steps = node.has(4) ? node.numbers(4, 'steps') : axes.map(() => 1)
  return axes.reduce<Answer>((rest, axis, i) => {
    const bounds = { starts, ends, i, step: steps[i]! }
    return sliced(node, rest instanceof Value ? rest : Value.of(rest as Tensor), axis, bounds)
  }, value)
}

interface Bounds {
  starts: Value
  ends: Value
  /** Which element of the bounds. */
  i: number
  step: number
}

const whole = 0x7fffffff
const limited = (bound: number): number => Math.min(Math.max(bound, -whole), whole)

function sliced(node: Reading, value: Value, axis: number, { starts, ends, i, step }: Bounds): Answer {
  const along = normalAxis('Slice', axis, value.shape.length)
  const extent = value.shape[along]!
  const [start, end] = [starts, ends].map(bound => bound.known?.elements[i])
  if (step === 0) throw new Unread('in steps of 0')
  if (typeof start === 'number' && typeof end === 'number' && typeof extent === 'number') {
    return slicedFixed(value, along, limited(start), limited(end), step)
  }
  if (step !== 1) throw new Unread('in steps over an open extent')
  const [from, to] = [start, end].map(bound => (bound === undefined ? undefined : place(node, bound, extent)))
  if (from === undefined || to === undefined) {
    return sliceBy(value.tensor, along, boundOf(starts, i), boundOf(ends, i), node.symbol(along))
  }
  const count = countBetween(node, from, to, extent)
  if (count === 0) return value.tensor.slice(along, 0, 0)
  if (typeof count === 'number' && count > 1) {
    return cutTo(node, value.tensor, along, boundOf(starts, i), boundOf(ends, i), count)
  }
  if (typeof start !== 'number' || typeof end !== 'number') {
    return sliceBy(value.tensor, along, boundOf(starts, i), boundOf(ends, i), count)
  }
  return value.tensor.slice(along, start <= -whole ? 0 : start, limited(end))
}

/** One bound as a vector. */
const boundOf = (bounds: Value, i: number): Tensor => bounds.tensor.slice(0, i, i + 1)

/** A bound counted from the front; a symbolic one is taken to have the sign that it has of large extents. */
function place(node: Reading, bound: Dimension, extent: Dimension): Dimension {
  if (typeof bound === 'number' && Math.abs(bound) >= whole) return bound > 0 ? extent : 0
  if (isExtent(bound)) {
    node.expectAtLeast(bound, 0)
    return bound
  }
  if (typeof bound === 'string') node.expectAtLeast(-1, bound)
  return addDimensions(extent, bound)
}

/** How many elements lie between two places, which must both lie on the axis and in this order. */
function countBetween(node: Reading, from: Dimension, to: Dimension, extent: Dimension): Dimension {
  const count = subtractDimensions(to, from)
  if (typeof count === 'number' && count <= 0) return 0
  const beyond = subtractDimensions(to, extent)
  if (typeof beyond === 'number' && beyond > 0) return countBetween(node, from, extent, extent)
  const before = subtractDimensions(0, from)
  if (typeof before === 'number' && before > 0) return countBetween(node, 0, to, extent)
  node.expectAtLeast(from, 0)
  node.expectAtLeast(extent, to)
  node.expectAtLeast(count, 0)
  return count
}

/** A stretch of an open axis read as `count` elements: one that holds fewer does not reshape, so its run fails. */
function cutTo(node: Reading, x: Tensor, axis: number, start: Tensor, end: Tensor, count: number): Tensor {
  const cut = sliceBy(x, axis, start, end, node.symbol(axis))
  const target = x.shape.map((_, i) => (i === axis ? count : 0))
  return reshapeBy(cut, constant(target, [x.rank], 'int64'), x.shape.with(axis, count), true)
}

function slicedFixed(value: Value, axis: number, start: number, end: number, step: number): Answer {
  const extent = value.shape[axis] as number
  const build = () => value.tensor.slice(axis, start, end, step)
  if (!value.known) return build()
  const clamp = (bound: number, low: number, high: number) =>
    Math.min(Math.max(bound < 0 ? bound + extent : bound, low), high)
  const [from, to] =
    step > 0
      ? [clamp(start, 0, extent), clamp(end, 0, extent)]
      : [clamp(start, 0, extent - 1), clamp(end, -1, extent - 1)]
  const positions: number[] = []
  for (let at = from; step > 0 ? at < to : at > to; at += step) positions.push(at)
  const known = foldGather(value.known, positions, [positions.length], axis)
  return known ? Value.known(known, build) : build()
}
