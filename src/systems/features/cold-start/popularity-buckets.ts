import type { Interactions, RankingCase } from '../../../data/index.ts'
import { meanScores, scoresOfCase, type RankingScores } from './rank.ts'

/** Items by how often training events have them, in parts that each hold as many events: 0 the most popular. */
export function popularityBuckets({ items, events }: Interactions, train: Int32Array, buckets = 3): Int32Array {
  const counts = new Float64Array(items.names.length)
  for (const i of train) counts[events!.item[i]!]!++
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b)
  const bucketOf = new Int32Array(counts.length)
  let before = 0
  for (const item of order) {
    bucketOf[item] = Math.min(buckets - 1, Math.floor((buckets * before) / Math.max(1, train.length)))
    before += counts[item]!
  }
  return bucketOf
}

/** Scores of cases by the targets of one bucket alone, the others being no candidates; undefined where no case has one. */
export function scoreBucket(
  cases: readonly RankingCase[],
  scores: Float64Array,
  bucketOf: Int32Array,
  bucket: number,
): RankingScores | undefined {
  const items = bucketOf.length
  const found = cases.flatMap((each, c) => {
    const targets = each.targets.filter(item => bucketOf[item] === bucket)
    if (targets.length === 0) return []
    const others = each.targets.filter(item => bucketOf[item] !== bucket)
    const before = Int32Array.from([...each.before, ...others])
    return [scoresOfCase({ ...each, targets, before }, scores.subarray(c * items, (c + 1) * items))]
  })
  return found.length > 0 ? meanScores(found) : undefined
}
