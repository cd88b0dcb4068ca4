import { expect, test } from 'vitest'
import { auc, aucEstimate, compareAuc } from './auc.ts'
import { averagePrecision, precisionRecallCurve, rocCurve } from './curves.ts'
import { estimate, evaluate } from './evaluate.ts'
import { groupedAuc, rankingMetrics } from './ranking.ts'
import { tallyScores } from './tally.ts'

/**
 * Rows drawn by a linear congruential generator that numpy repeats in one line, so that the numbers in the tests could be
 * computed there: scikit-learn 1.9.1 (`sklearn.metrics`), scipy 1.17.1, numpy 2.4.6.
 */
function uniform(length: number, seed: number): number[] {
  let state = seed
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  })
}

/** numpy rounds half to even. */
function roundToEven(value: number): number {
  const rounded = Math.round(value)
  return value % 1 === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

const rows = 200
const draws = uniform(2 * rows, 7)
const first = draws.slice(0, rows).map(u => (roundToEven(u * 20) / 20) * 0.98 + 0.01)
const labels = first.map((p, i) => (draws[rows + i]! < p * 0.7 + 0.1 ? 1 : 0))
const second = uniform(rows, 11).map((v, i) => (roundToEven((0.5 * draws[i]! + 0.5 * v) * 50) / 50) * 0.98 + 0.01)

const classes = 4
const raw = uniform(rows * classes, 3)
const probabilities = raw.map((value, i) => {
  const start = i - (i % classes)
  return value / raw.slice(start, start + classes).reduce((sum, entry) => sum + entry, 0)
})

const numbers = uniform(rows, 21).map(u => u * 10)

const group = labels.map((_, i) => i % 17)
const multiclass = {
  kind: 'multiclass',
  targets: uniform(rows, 5).map(u => Math.floor(u * classes)),
  predictions: probabilities,
} as const
const regression = {
  kind: 'regression',
  targets: numbers,
  predictions: uniform(rows, 22).map((u, i) => numbers[i]! + (u - 0.5) * 3),
} as const

function expectClose(actual: Record<string, number>, expected: Record<string, number>): void {
  for (const [name, value] of Object.entries(expected)) expect(actual[name], name).toBeCloseTo(value, 12)
}

test('agrees with scikit-learn 1.9 on 200 rows with ties', () => {
  expect(auc(labels, first)).toBeCloseTo(0.7333838383838385, 14)
  expect(auc(labels, second)).toBeCloseTo(0.6843434343434344, 14)
})

test('DeLong interval and paired comparison agree with the O(n^2) placement matrices in numpy', () => {
  const { value, low, high } = aucEstimate(tallyScores(labels, first))
  expect((high - low) / 2 / 1.959963984540054).toBeCloseTo(0.035409457528865824, 12)
  expect((high + low) / 2).toBeCloseTo(value, 14)
  const difference = compareAuc(labels, first, second)
  expect(difference.value).toBeCloseTo(0.049040404040403995, 14)
  expect((difference.high - difference.low) / 2 / 1.959963984540054).toBeCloseTo(0.030053153767200587, 12)
  expect(difference.pValue).toBeCloseTo(0.1027239552567657, 12)
})

test('ROC and precision-recall points agree with scikit-learn', () => {
  const tally = tallyScores(labels, first)
  const roc = rocCurve(tally)
  const close = (actual: ArrayLike<number>, expected: number[]) =>
    expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 14))
  close(roc.falsePositiveRate, [0, 0.00909090909090909, 0.02727272727272727, 0.06363636363636363])
  close(roc.truePositiveRate, [0, 0.07777777777777778, 0.15555555555555556, 0.2222222222222222])
  expect(roc.thresholds[0]).toBe(Infinity)
  expect([roc.falsePositiveRate.at(-1), roc.truePositiveRate.at(-1)]).toEqual([1, 1])
  const curve = precisionRecallCurve(tally)
  close(curve.precision, [0.875, 0.8235294117647058, 0.7407407407407407])
  close(curve.recall, [0.07777777777777778, 0.15555555555555556, 0.2222222222222222])
  expect(averagePrecision(tally)).toBeCloseTo(0.6780612937675031, 14)
})

test('grouped AUC agrees with scikit-learn group by group', () => {
  const result = groupedAuc(labels, first, group)
  expect(result.weighted).toBeCloseTo(0.7080952380952382, 14)
  expect(result.average).toBeCloseTo(0.7061274509803921, 14)
})

test('NDCG@5 of tied scores agrees with scikit-learn', () => {
  expect(rankingMetrics(labels, first, group, 5).ndcg).toBeCloseTo(0.6642883577778245, 12)
})

test('binary metrics agree with scikit-learn', () => {
  expectClose(evaluate({ kind: 'binary', targets: labels, predictions: first }), {
    auc: 0.7333838383838385,
    logLoss: 0.6385617076118895,
    brier: 0.216183385,
    averagePrecision: 0.6780612937675031,
    accuracy: 0.645,
    precision: 0.5922330097087378,
    recall: 0.6777777777777778,
    f1: 0.6321243523316062,
  })
})

test('multiclass metrics agree with scikit-learn', () => {
  expectClose(evaluate(multiclass), {
    logLoss: 1.706486178371789,
    brier: 0.8468390141412838,
    accuracy: 0.225,
    precision: 0.2334456185608521,
    recall: 0.22575631732608478,
    f1: 0.22443881398713333,
  })
})

test('regression metrics agree with scikit-learn', () => {
  expectClose(evaluate(regression), {
    rmse: 0.9089160372506985,
    mae: 0.8013474475080148,
    r2: 0.8916429129921474,
  })
})

test('every interval holds its value, and calibration error has none', () => {
  const all = [
    estimate({ kind: 'binary', targets: labels, predictions: first, group }),
    estimate(multiclass),
    estimate(regression),
  ]
  for (const [name, { value, low, high }] of all.flatMap(record => Object.entries(record))) {
    if (name === 'calibrationError') expect(low).toBeUndefined()
    else expect(low! <= value && value <= high! && high! <= 10, name).toBe(true)
  }
})

test('names in the order of tables, grouped ones only with a group', () => {
  const answers = { kind: 'binary', targets: labels, predictions: first } as const
  expect(Object.keys(evaluate(answers))).toEqual(
    'auc logLoss brier averagePrecision calibrationError accuracy precision recall f1'.split(' '),
  )
  expect(Object.keys(evaluate({ ...answers, group })).slice(9)).toEqual(
    'groupedAuc averageAuc mrr ndcgAt10 hitRateAt10 recallAt10'.split(' '),
  )
  expect(Object.keys(evaluate({ ...answers, group }, ['auc', 'ndcg@5']))).toEqual(['auc', 'ndcgAt5'])
})

test('a predictor compared with itself differs by nothing', () => {
  expect(compareAuc(labels, first, first)).toEqual({ value: 0, low: 0, high: 0, pValue: 1 })
})
