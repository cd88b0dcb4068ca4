import { expect, test } from 'vitest'
import fc from 'fast-check'
import { aucOfTally } from './auc.ts'
import { calibrationCurve, expectedCalibrationError } from './calibration.ts'
import { rocCurve } from './curves.ts'
import { tallyScores } from './tally.ts'

test('tallies count every row once, at ascending scores', () => {
  const counted = tallyScores([1, 0, 1, 0, 0], [0.5, 0.5, 0.9, 0.1, 0.5])
  expect([...counted.scores]).toEqual([0.1, 0.5, 0.9])
  expect([...counted.positives]).toEqual([0, 1, 1])
  expect([...counted.negatives]).toEqual([1, 2, 0])
})

test('-0 and 0 are one score', () => {
  expect([...tallyScores([1, 0], [-0, 0]).negatives]).toEqual([1])
})

test('the trapezoids under the ROC curve are the AUC', () => {
  const rows = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(rows, pairs => {
      const counted = tallyScores(
        pairs.map(pair => Number(pair[0])),
        pairs.map(pair => pair[1]),
      )
      if (counted.positiveRows * counted.negativeRows === 0) return
      const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(counted)
      let area = 0
      for (let i = 1; i < x.length; i++) area += ((x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2
      expect(area).toBeCloseTo(aucOfTally(counted), 12)
    }),
  )
})

test('calibration bins hold equal counts, keep ties together and lose no row', () => {
  const even = tallyScores(
    Array.from({ length: 100 }, (_, i) => i % 2),
    Array.from({ length: 100 }, (_, i) => i / 100),
  )
  expect(calibrationCurve(even, 10).map(bin => bin.rows)).toEqual(Array(10).fill(10))
  const tied = tallyScores(
    Array.from({ length: 100 }, (_, i) => i % 2),
    Array.from({ length: 100 }, (_, i) => (i < 55 ? 0.2 : i / 100)),
  )
  expect(calibrationCurve(tied, 10).map(bin => bin.rows)).toEqual([55, 5, 10, 10, 10, 10])
  expect(calibrationCurve(tied, 10)[0]!.predicted).toBeCloseTo(0.2, 12)
})

test('calibration error of two bins by hand', () => {
  // Bin one: 0.1 predicted, 1 of 4 came; bin two: 0.8 predicted, 2 of 4 came.
  const counted = tallyScores([0, 0, 0, 1, 1, 1, 0, 0], [0.1, 0.1, 0.1, 0.1, 0.8, 0.8, 0.8, 0.8])
  expect(expectedCalibrationError(counted, 2)).toBeCloseTo((0.15 + 0.3) / 2, 14)
})
