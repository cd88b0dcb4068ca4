import { checkAnswers, checkLabels } from './check.ts'

/** Rows of a binary task by distinct score, ascending: how many of each class received it. */
export interface ScoreTally {
  /** [T] distinct scores, ascending. */
  scores: Float64Array
  /** [T] positive rows at each score. */
  positives: Int32Array
  /** [T] negative rows at each score. */
  negatives: Int32Array
  positiveRows: number
  negativeRows: number
}

/** The scores of one class, ascending. */
export function sortedScoresOf(label: 0 | 1, labels: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  let rows = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) rows++
  const sorted = new Float64Array(rows)
  for (let i = 0, next = 0; i < labels.length; i++) if (labels[i] === label) sorted[next++] = scores[i]!
  return sorted.sort()
}

/**
 * Counts both classes at every distinct score, from which AUC, curves and calibration follow in one pass each.
 * Two native sorts of plain numbers and a merge: no comparator, no index. `labels` are 0 or 1.
 */
export function tallyScores(labels: ArrayLike<number>, scores: ArrayLike<number>): ScoreTally {
  checkAnswers(labels, scores)
  checkLabels(labels, 2)
  const positive = sortedScoresOf(1, labels, scores)
  const negative = sortedScoresOf(0, labels, scores)
  const distinct = new Float64Array(labels.length)
  const positives = new Int32Array(labels.length)
  const negatives = new Int32Array(labels.length)
  let size = 0
  for (let p = 0, n = 0; p < positive.length || n < negative.length; size++) {
    const score =
      n === negative.length || (p < positive.length && positive[p]! < negative[n]!) ? positive[p]! : negative[n]!
    const firstPositive = p
    const firstNegative = n
    while (p < positive.length && positive[p] === score) p++
    while (n < negative.length && negative[n] === score) n++
    distinct[size] = score
    positives[size] = p - firstPositive
    negatives[size] = n - firstNegative
  }
  return {
    scores: distinct.subarray(0, size),
    positives: positives.subarray(0, size),
    negatives: negatives.subarray(0, size),
    positiveRows: positive.length,
    negativeRows: negative.length,
  }
}
