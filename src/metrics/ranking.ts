import { aucOfGroup, rankGroups, valuesByGroup, type RankedGroup } from './groups.ts'

/*
 * Tied scores have no order of their own: every metric here is its expectation over random orders within ties
 * (McSherry and Najork, ECIR 2008), so the order of rows never matters.
 */

/**
 * AUC within each group (user, query), groups with one class dropped; `weighted` averages by rows (gAUC), `average`
 * gives each group the same weight. NaN when no group has both classes.
 */
export function groupedAuc(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  group: ArrayLike<number>,
): { weighted: number; average: number; groups: number; dropped: number } {
  const { values, sizes, dropped } = valuesByGroup(rankGroups(labels, scores, group), aucOfGroup)
  let sum = 0
  let weightedSum = 0
  let rows = 0
  for (let g = 0; g < values.length; g++) {
    sum += values[g]!
    weightedSum += values[g]! * sizes[g]!
    rows += sizes[g]!
  }
  return { weighted: weightedSum / rows, average: sum / values.length, groups: values.length, dropped }
}

/**
 * Normalised discounted cumulative gain of the first `k`: gain 2^relevance - 1, discount log2(rank + 1)
 * (Burges et al., ICML 2005). NaN for a group without relevant rows.
 */
export function ndcgOfGroup({ relevance, blockEnds }: RankedGroup, k: number): number {
  const gain = (value: number) => 2 ** value - 1
  const discount = (position: number) => (position < k ? 1 / Math.log2(position + 2) : 0)
  const best = Float64Array.from(relevance).sort().reverse()
  let ideal = 0
  for (let i = 0; i < Math.min(k, best.length); i++) ideal += gain(best[i]!) * discount(i)
  let found = 0
  let start = 0
  for (const end of blockEnds) {
    if (start >= k) break
    let gains = 0
    let discounts = 0
    for (let i = start; i < end; i++) {
      gains += gain(relevance[i]!)
      discounts += discount(i)
    }
    found += (gains * discounts) / (end - start)
    start = end
  }
  return found / ideal
}

/** Share of a group's relevant rows among its first `k`. NaN for a group without any. */
export function recallOfGroup({ relevance, blockEnds }: RankedGroup, k: number): number {
  let found = 0
  let all = 0
  let start = 0
  for (const end of blockEnds) {
    let relevant = 0
    for (let i = start; i < end; i++) if (relevance[i]! > 0) relevant++
    found += (relevant * Math.min(Math.max(k - start, 0), end - start)) / (end - start)
    all += relevant
    start = end
  }
  return found / all
}

/** Chance that one of a group's first `k` is relevant (HR@k). NaN for a group without relevant rows. */
export function hitRateOfGroup(group: RankedGroup, k: number): number {
  return expectedOverFirstHit(group, rank => (rank <= k ? 1 : 0))
}

/** Mean of 1 / rank of the first relevant row. NaN for a group without relevant rows. */
export function reciprocalRankOfGroup(group: RankedGroup): number {
  return expectedOverFirstHit(group, rank => 1 / rank)
}

/**
 * In the first block with relevant rows, p of t, the first hit stands at place j with chance C(t - j, p - 1) / C(t, p),
 * computed by its recurrence over j.
 */
function expectedOverFirstHit({ relevance, blockEnds }: RankedGroup, value: (rank: number) => number): number {
  let start = 0
  for (const end of blockEnds) {
    let relevant = 0
    for (let i = start; i < end; i++) if (relevance[i]! > 0) relevant++
    if (relevant > 0) {
      const tied = end - start
      let expected = 0
      let unseen = 1
      for (let j = 1; j <= tied - relevant + 1; j++) {
        const hit = relevant / (tied - j + 1)
        expected += unseen * hit * value(start + j)
        unseen *= 1 - hit
      }
      return expected
    }
    start = end
  }
  return NaN
}

/** Mean over groups with a relevant row of `ndcg`, `hitRate` and `recall` at `k`, and of the reciprocal rank. */
export function rankingMetrics(
  targets: ArrayLike<number>,
  scores: ArrayLike<number>,
  group: ArrayLike<number>,
  k: number,
): { ndcg: number; hitRate: number; recall: number; mrr: number; groups: number; dropped: number } {
  const ranked = rankGroups(targets, scores, group)
  const mean = (value: (group: RankedGroup) => number) => {
    const { values } = valuesByGroup(ranked, value)
    return values.reduce((sum, entry) => sum + entry, 0) / values.length
  }
  const { values, dropped } = valuesByGroup(ranked, reciprocalRankOfGroup)
  return {
    ndcg: mean(entry => ndcgOfGroup(entry, k)),
    hitRate: mean(entry => hitRateOfGroup(entry, k)),
    recall: mean(entry => recallOfGroup(entry, k)),
    mrr: mean(reciprocalRankOfGroup),
    groups: values.length,
    dropped,
  }
}
