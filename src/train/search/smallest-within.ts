import type { Metric } from '../../metrics/index.ts'

/** A candidate of a search with its validation value and its cost. */
export interface Scored {
  value: number
  cost: number
}

/** The cheapest candidate whose value is at most `tolerance` worse than the best one's; the better of equally cheap ones. */
export function smallestWithin<Candidate extends Scored>(
  candidates: readonly Candidate[],
  metric: Pick<Metric, 'better'>,
  tolerance: number,
): Candidate {
  const sign = metric.better === 'higher' ? 1 : -1
  const best = Math.max(...candidates.map(({ value }) => sign * value))
  return candidates
    .filter(({ value }) => sign * value >= best - tolerance)
    .sort((a, b) => a.cost - b.cost || sign * (b.value - a.value))[0]!
}
