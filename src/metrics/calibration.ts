import { proportionInterval, type Estimate } from './interval.ts'
import type { ScoreTally } from './tally.ts'

/** Rows whose predictions are neighbours: what was predicted on average and what came (with a 95% interval). */
export interface CalibrationBin {
  predicted: number
  observed: Estimate
  rows: number
}

/**
 * Bins of as equal row counts as ties allow: rows with the same prediction never part, so the order of rows does not
 * matter and there may be fewer bins than asked.
 */
export function calibrationCurve(tally: ScoreTally, bins = 10): CalibrationBin[] {
  const all = tally.positiveRows + tally.negativeRows
  const curve: CalibrationBin[] = []
  let passed = 0
  let next = 1
  let rows = 0
  let positives = 0
  let sum = 0
  for (let t = 0; t < tally.scores.length; t++) {
    const tied = tally.positives[t]! + tally.negatives[t]!
    rows += tied
    positives += tally.positives[t]!
    sum += tally.scores[t]! * tied
    if ((passed + rows) * bins >= all * next) {
      curve.push({ predicted: sum / rows, observed: proportionInterval(positives, rows), rows })
      passed += rows
      next = Math.floor((passed * bins) / all) + 1
      rows = positives = sum = 0
    }
  }
  return curve
}

/**
 * Mean over rows of |observed - predicted| of the row's bin, in equal-count bins (the adaptive variant of Nixon et al.,
 * CVPR workshops 2019; equal-width bins leave most of them empty on rare classes).
 */
export function expectedCalibrationError(tally: ScoreTally, bins = 10): number {
  const curve = calibrationCurve(tally, bins)
  let sum = 0
  for (const bin of curve) sum += bin.rows * Math.abs(bin.observed.value - bin.predicted)
  return sum / (tally.positiveRows + tally.negativeRows)
}
