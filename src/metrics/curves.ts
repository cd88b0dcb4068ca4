import type { ScoreTally } from './tally.ts'

/** One point a distinct score, from the strictest threshold to the loosest. A row is called positive at score >= threshold. */
export interface RocCurve {
  /** [T + 1], Infinity first. */
  thresholds: Float64Array
  falsePositiveRate: Float64Array
  truePositiveRate: Float64Array
}

export function rocCurve(tally: ScoreTally): RocCurve {
  const size = tally.scores.length
  const curve: RocCurve = {
    thresholds: new Float64Array(size + 1),
    falsePositiveRate: new Float64Array(size + 1),
    truePositiveRate: new Float64Array(size + 1),
  }
  curve.thresholds[0] = Infinity
  let positives = 0
  let negatives = 0
  for (let point = 1; point <= size; point++) {
    positives += tally.positives[size - point]!
    negatives += tally.negatives[size - point]!
    curve.thresholds[point] = tally.scores[size - point]!
    curve.truePositiveRate[point] = positives / tally.positiveRows
    curve.falsePositiveRate[point] = negatives / tally.negativeRows
  }
  return curve
}

/** One point a distinct score, from the strictest threshold to the loosest. */
export interface PrecisionRecallCurve {
  thresholds: Float64Array
  precision: Float64Array
  recall: Float64Array
}

export function precisionRecallCurve(tally: ScoreTally): PrecisionRecallCurve {
  const size = tally.scores.length
  const curve: PrecisionRecallCurve = {
    thresholds: new Float64Array(size),
    precision: new Float64Array(size),
    recall: new Float64Array(size),
  }
  let positives = 0
  let called = 0
  for (let point = 0; point < size; point++) {
    const t = size - 1 - point
    positives += tally.positives[t]!
    called += tally.positives[t]! + tally.negatives[t]!
    curve.thresholds[point] = tally.scores[t]!
    curve.precision[point] = positives / called
    curve.recall[point] = positives / tally.positiveRows
  }
  return curve
}

/** Sum of precision times the gain in recall, without interpolation; NaN without positive rows. */
export function averagePrecision(tally: ScoreTally): number {
  const { precision, recall } = precisionRecallCurve(tally)
  let sum = 0
  let reached = 0
  for (let point = 0; point < recall.length; point++) {
    sum += (recall[point]! - reached) * precision[point]!
    reached = recall[point]!
  }
  return tally.positiveRows === 0 ? NaN : sum
}
