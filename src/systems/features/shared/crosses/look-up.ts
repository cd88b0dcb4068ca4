import { concat, constant, type Tensor } from '../../../../engine/index.ts'
import { fieldsOf, stacked } from '../../../../nn/index.ts'
import type { Crosses } from './cross-vocabulary.ts'

/**
 * Ids with those of their crosses behind them, by a binary search inside the graph: [batch, fields] -> [batch, fields +
 * pairs]. A cross is searched among those of its first value, whose second values rise.
 */
export function withCrosses(ids: Tensor, { base, pairs, spec }: Crosses): Tensor {
  if (pairs.length === 0) return ids
  const own = fieldsOf(base, 'categorical').length
  const offsets = stacked(fieldsOf(spec, 'categorical')).starts
  const perPair = (of: (p: number) => number) =>
    constant(
      Int32Array.from(pairs, (_, p) => of(p)),
      [pairs.length],
      'int32',
    )
  const begins = sums(pairs.map(({ starts }) => starts.length))
  const before = sums(pairs.map(({ seconds }) => seconds.length))
  const bounds = joined(pairs.map(({ starts }, p) => starts.map(start => start + before[p]!)))
  const values = joined([...pairs.map(({ seconds }) => seconds), Int32Array.of(0)])
  const longest = Math.max(1, ...pairs.map(({ starts }) => longestRun(starts)))

  const column = (side: 0 | 1) =>
    ids.gather(
      perPair(p => pairs[p]!.pair[side]),
      1,
    )
  const first = column(0).add(perPair(p => begins[p]! - offsets[pairs[p]!.pair[0]]!))
  const second = column(1).sub(perPair(p => offsets[pairs[p]!.pair[1]]!))
  const [table, list] = [bounds, values].map(each => constant(each, [each.length], 'int32')) as [Tensor, Tensor]
  const [low, high] = [table.gather(first), table.gather(first.add(1))]
  let at = low.sub(1)
  for (let step = 2 ** Math.floor(Math.log2(longest)); step >= 1; step /= 2) {
    const next = at.add(step)
    const fits = next.less(high).logicalAnd(list.gather(next.minimum(values.length - 1)).lessOrEqual(second))
    at = at.add(fits.cast('int32').mul(step))
  }
  const found = at.greaterOrEqual(low).logicalAnd(list.gather(at.maximum(0)).equal(second))
  const known = at.add(perPair(p => offsets[own + p]! + 1 - before[p]!))
  const unknown = perPair(p => offsets[own + p]! + pairs[p]!.seconds.length + 1)
  return concat([ids, found.where(known, unknown)], 1)
}

function longestRun(starts: Int32Array): number {
  let longest = 0
  for (let i = 1; i < starts.length; i++) longest = Math.max(longest, starts[i]! - starts[i - 1]!)
  return longest
}

/** The sum of all before each. */
function sums(lengths: readonly number[]): number[] {
  let total = 0
  return lengths.map(length => (total += length) - length)
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const result = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}
