import { sortedScoresOf, tallyScores, type ScoreTally } from './tally.ts'
import { checkAnswers, checkLabels, terms } from './check.ts'
import { normalInterval, twoSidedPValue, within, type Difference, type Estimate } from './interval.ts'

/**
 * Area under the ROC curve: the chance that a positive row scores above a negative one, ties counting half.
 * Exact (integer and half-integer sums) up to 10^8 rows; NaN when a class is missing. `labels` [rows] are 0 or 1.
 */
export function auc(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  return aucOfTally(tallyScores(labels, scores))
}

/** `auc` of rows already tallied. */
export function aucOfTally(tally: ScoreTally): number {
  let below = 0
  let wins = 0
  for (let t = 0; t < tally.scores.length; t++) {
    wins += tally.positives[t]! * (below + tally.negatives[t]! / 2)
    below += tally.negatives[t]!
  }
  return wins / (tally.positiveRows * tally.negativeRows)
}

/**
 * AUC with the 95% interval of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988): the variance of the placement
 * values of each class over its row count. The normal interval is cut to [0, 1].
 */
export function aucEstimate(tally: ScoreTally): Estimate {
  const { positiveRows: m, negativeRows: n } = tally
  const value = aucOfTally(tally)
  let negativesBelow = 0
  let positivesBelow = 0
  let ofPositives = 0
  let ofNegatives = 0
  for (let t = 0; t < tally.scores.length; t++) {
    const positives = tally.positives[t]!
    const negatives = tally.negatives[t]!
    ofPositives += positives * ((negativesBelow + negatives / 2) / n - value) ** 2
    ofNegatives += negatives * (1 - (positivesBelow + positives / 2) / m - value) ** 2
    negativesBelow += negatives
    positivesBelow += positives
  }
  const variance = ofPositives / (m - 1) / m + ofNegatives / (n - 1) / n
  return within(normalInterval(value, Math.sqrt(variance)), 0, 1)
}

/**
 * DeLong's paired comparison of two predictors on the same rows: the AUC of the first less that of the second, its
 * 95% interval and two-sided p-value.
 */
export function compareAuc(labels: ArrayLike<number>, first: ArrayLike<number>, second: ArrayLike<number>): Difference {
  const a = placements(labels, first)
  const b = placements(labels, second)
  const counts = [0, 0]
  const sums = [0, 0]
  const means = [0, 0]
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    counts[label]!++
    means[label]! += a[i]! - b[i]!
  }
  for (const label of [0, 1]) means[label]! /= counts[label]!
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    sums[label]! += (a[i]! - b[i]! - means[label]!) ** 2
  }
  const variance = [0, 1].reduce((sum, label) => sum + sums[label]! / (counts[label]! - 1) / counts[label]!, 0)
  const deviation = Math.sqrt(variance)
  return { ...normalInterval(means[1]!, deviation), pValue: twoSidedPValue(means[1]!, deviation) }
}

/** [rows] share of the other class that the row is on the right side of, ties half. The mean of either class is the AUC. */
function placements(labels: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  checkAnswers(labels, scores)
  checkLabels(labels, 2)
  const sorted = [sortedScoresOf(0, labels, scores), sortedScoresOf(1, labels, scores)] as const
  return terms(labels.length, i => {
    const others = sorted[labels[i] === 1 ? 0 : 1]
    const share = (countBefore(others, scores[i]!, false) + countBefore(others, scores[i]!, true)) / 2 / others.length
    return labels[i] === 1 ? share : 1 - share
  })
}

/** How many of the sorted values are below `value`, or at most it when `ties` count. */
function countBefore(sorted: Float64Array, value: number, ties: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value || (ties && sorted[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}
