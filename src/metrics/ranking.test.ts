import { expect, test } from 'vitest'
import fc from 'fast-check'
import { rankGroups } from './groups.ts'
import {
  groupedAuc,
  hitRateOfGroup,
  ndcgOfGroup,
  rankingMetrics,
  recallOfGroup,
  reciprocalRankOfGroup,
} from './ranking.ts'

test('grouped AUC weighs groups by rows and drops those of one class', () => {
  // Group 1: 1 of 1 pairs right; group 2: 1 of 2; group 3 has no negative.
  const result = groupedAuc([1, 0, 1, 0, 0, 1], [0.9, 0.1, 0.5, 0.6, 0.4, 0.3], [1, 1, 2, 2, 2, 3])
  expect(result).toEqual({ weighted: (2 * 1 + 3 * 0.5) / 5, average: 0.75, groups: 2, dropped: 1 })
})

test('a ranking by hand: relevant at ranks 2 and 4 of 5', () => {
  const result = rankingMetrics([0, 1, 0, 1, 0], [5, 4, 3, 2, 1], [7, 7, 7, 7, 7], 3)
  expect(result.mrr).toBe(1 / 2)
  expect(result.hitRate).toBe(1)
  expect(result.recall).toBe(1 / 2)
  expect(result.ndcg).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 14)
})

test('graded relevance gains 2^relevance - 1 (Burges et al. 2005)', () => {
  const [ranked] = rankGroups([3, 2, 3, 0, 1, 2], [6, 5, 4, 3, 2, 1], [0, 0, 0, 0, 0, 0])
  const gains = (relevance: number[]) =>
    relevance.reduce((sum, value, i) => sum + (2 ** value - 1) / Math.log2(i + 2), 0)
  expect(ndcgOfGroup(ranked!, 6)).toBeCloseTo(gains([3, 2, 3, 0, 1, 2]) / gains([3, 3, 2, 2, 1, 0]), 14)
})

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}

test('within ties every metric is its mean over all orders', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 2 })), {
    minLength: 1,
    maxLength: 6,
  })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 4 }), (pairs, k) => {
      if (!pairs.some(pair => pair[0] === 1)) return
      const ranked = (items: [number, number][]) =>
        rankGroups(
          items.map(item => item[0]),
          items.map(item => item[1]),
          items.map(() => 0),
        )[0]!
      const orders = permutations(pairs).map(order => {
        const sorted = order.map(([label, score], i) => [label, score - i * 1e-6] as [number, number])
        return ranked(sorted)
      })
      for (const value of [ndcgOfGroup, recallOfGroup, hitRateOfGroup, reciprocalRankOfGroup]) {
        const mean = orders.reduce((sum, order) => sum + value(order, k), 0) / orders.length
        expect(value(ranked(pairs), k)).toBeCloseTo(mean, 10)
      }
    }),
    { numRuns: 60 },
  )
})

test('a group without relevant rows is dropped', () => {
  expect(rankingMetrics([0, 1, 0], [1, 2, 3], [0, 1, 1], 1)).toMatchObject({ groups: 1, dropped: 1, mrr: 0.5 })
})
