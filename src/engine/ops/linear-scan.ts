import { sameShape, shapeMismatch, type Dimension } from '../dimension.ts'
import { constant, normalAxis, type Tensor } from '../tensor.ts'
import { scan } from './scan.ts'
import { concat } from './shape.ts'

export interface LinearScanOptions {
  /** h before the first step, without the axis; zeros where left out. */
  initial?: Tensor
  /** The axis that the recurrence runs along. Default 0. */
  axis?: number
  /** From the last element to the first. Default false. */
  reverse?: boolean
}

/**
 * The recurrence h_t = a_t h_{t-1} + b_t, element by element, for any lengths: all h, of the shape of `b` and of `a`. Its
 * gradient is the same recurrence the other way.
 */
export function linearScan(
  a: Tensor,
  b: Tensor,
  { initial, axis = 0, reverse = false }: LinearScanOptions = {},
): Tensor {
  const along = normalAxis('LinearScan', axis, b.rank)
  if (!sameShape(a.shape, b.shape)) throw shapeMismatch('LinearScan', [a.shape, b.shape], 'both take one shape')
  const state = b.shape.toSpliced(along, 1)
  if (initial && !sameShape(initial.shape, state)) {
    throw shapeMismatch('LinearScan', [initial.shape, b.shape], 'the initial state lacks only the axis')
  }
  const start = initial ?? constant(0, [], b.dtype).expand(state, [b])
  const step = ([h]: readonly Tensor[], [factor, term]: readonly Tensor[]) => {
    const next = factor!.mul(h!).add(term!)
    return { states: [next], outputs: [next] }
  }
  const h = scan(step, { initial: [start], inputs: [a, b], axis: along, reverse }).outputs[0]!
  return h.withGradient(initial ? [a, b, initial] : [a, b], d => {
    const edge = start.unsqueeze(along)
    const behind = (x: Tensor, fill: Tensor) =>
      reverse ? concat([x.slice(along, 1), fill], along) : concat([fill, x.slice(along, 0, -1)], along)
    const ahead = (x: Tensor, fill: Tensor) =>
      reverse ? concat([fill, x.slice(along, 0, -1)], along) : concat([x.slice(along, 1), fill], along)
    const toB = linearScan(ahead(a, edge.zerosLike()), d, { axis: along, reverse: !reverse })
    const toA = toB.mul(behind(h, edge))
    const last = (x: Tensor) => (reverse ? x.slice(along, -1) : x.slice(along, 0, 1)).squeeze(along)
    return [toA, toB, initial && last(a.mul(toB))]
  })
}

/**
 * The recurrence h_t = exp(l_t) h_{t-1} + b_t with one decay for a whole vector: `logDecay` [..., T] (none above 0),
 * `b` [..., T, D] -> [..., T, D], from h = 0. Runs in parallel as matrix products: within chunks by the triangular matrix
 * of decays between two steps, between chunks by the same again (state space duality, Dao and Gu 2024, section 6).
 */
export function decayScan(logDecay: Tensor, b: Tensor, chunk = 64): Tensor {
  const length = b.shape.at(-2)
  if (typeof length !== 'number' || !sameShape(logDecay.shape, b.shape.slice(0, -1))) {
    throw shapeMismatch('DecayScan', [logDecay.shape, b.shape], 'takes [..., T] and [..., T, D] with T known')
  }
  const size = Math.min(chunk, length)
  const count = Math.ceil(length / size)
  const lead = b.shape.slice(0, -2)
  const width = b.shape.at(-1)!
  const rest = count * size - length
  const atEnd = (rank: number) => Array.from({ length: 2 * rank }, (_, i) => (i === rank + lead.length ? rest : 0))
  const fill = (x: Tensor) => (rest === 0 ? x : x.pad(atEnd(x.rank)))
  const decay = fill(logDecay)
    .reshape([...lead, count, size])
    .cumSum(-1)
  const terms = fill(b).reshape([...lead, count, size, width])
  const within = decays(decay, size).matmul(terms)
  if (count === 1) return within.reshape(b.shape)
  const lastOf = (x: Tensor, axis: number) => x.slice(axis, -1).squeeze(axis)
  const ends = decayScan(lastOf(decay, lead.length + 1), lastOf(within, lead.length + 1), chunk)
  const zero = constant(0, [], b.dtype).expand([...lead, 1, width] as Dimension[], [b])
  const carried = concat([zero, ends.slice(lead.length, 0, -1)], lead.length).unsqueeze(lead.length + 1)
  const all = within.add(decay.exp().unsqueeze(-1).mul(carried))
  const flat = all.reshape([...lead, count * size, width])
  return rest === 0 ? flat : flat.slice(lead.length, 0, length)
}

/** exp(c_t - c_s) for s <= t, else 0: [..., size] -> [..., size, size]. */
function decays(decay: Tensor, size: number): Tensor {
  const lower = Array.from({ length: size * size }, (_, i) => Number(i % size <= Math.floor(i / size)))
  const between = decay.unsqueeze(-1).sub(decay.unsqueeze(-2))
  return constant(lower, [size, size], 'bool').where(between, -Infinity).exp()
}
