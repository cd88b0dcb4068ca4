import { expect, test } from 'vitest'
import { Random } from '../random/index.ts'
import {
  compareMeans,
  meanInterval,
  proportionInterval,
  quantileOfSorted,
  ratioInterval,
  twoSidedPValue,
} from './interval.ts'
import { logitInterval } from './interval.ts'

test('Wilson intervals agree with scipy', () => {
  for (const [successes, trials, low, high] of [
    [0, 10, 0, 0.27753279986288926],
    [7, 10, 0.39677814746114526, 0.892208732593699],
    [81, 263, 0.2552885198782742, 0.36620957698280004],
  ] as const) {
    const interval = proportionInterval(successes, trials)
    expect(interval.low).toBeCloseTo(low, 12)
    expect(interval.high).toBeCloseTo(high, 12)
  }
  expect(proportionInterval(0, 0).value).toBeNaN()
})

test('two-sided p-values agree with scipy, far into the tail', () => {
  for (const [z, p] of [
    [0.1, 0.920344325445942],
    [1, 0.31731050786291415],
    [1.96, 0.04999579029644087],
    [3.4, 0.0006738585313537617],
    [3.6, 0.00031821718031506727],
    [6, 1.973175290075389e-9],
    [10, 1.523970604832094e-23],
  ] as const) {
    expect(twoSidedPValue(z, 1) / p).toBeCloseTo(1, 10)
    expect(twoSidedPValue(-2 * z, 2) / p).toBeCloseTo(1, 10)
  }
  expect(twoSidedPValue(0, 0)).toBe(1)
})

test('the mean of 1, 2, 3, 4 is 2.5 ± 1.96 sqrt(5/12)', () => {
  const { value, low, high } = meanInterval([1, 2, 3, 4])
  expect(value).toBe(2.5)
  expect(high - value).toBeCloseTo(1.959963984540054 * Math.sqrt(5 / 12), 12)
  expect(value - low).toBeCloseTo(high - value, 12)
})

test('a ratio with equal weights is the mean, and its scale does not matter', () => {
  const terms = [1, 5, 2, 9, 4]
  expect(ratioInterval(terms, [1, 1, 1, 1, 1])).toEqual(meanInterval(terms))
  const weights = [3, 1, 2, 2, 4]
  const once = ratioInterval(terms, weights)
  const scaled = ratioInterval(
    terms,
    weights.map(weight => weight * 10),
  )
  expect(scaled.high).toBeCloseTo(once.high / 10, 12)
})

test('mean and ratio intervals cover the truth about 95 times in 100', () => {
  let mean = 0
  let ratio = 0
  for (let world = 0; world < 1000; world++) {
    const random = new Random(1, 'coverage', world)
    const weights = Float64Array.from({ length: 100 }, () => 1 + random.uniform())
    const terms = weights.map(weight => weight * (2 + random.normal()))
    const covers = ({ low, high }: { low: number; high: number }, truth: number) => low <= truth && truth <= high
    if (covers(ratioInterval(terms, weights), 2)) ratio++
    if (covers(meanInterval(terms), 3)) mean++
  }
  for (const covered of [mean, ratio]) {
    expect(covered).toBeGreaterThan(925)
    expect(covered).toBeLessThan(970)
  }
})

test('logit interval of a share of 0.9 over 100 positives', () => {
  const { low, high } = logitInterval(0.9, 100)
  const half = 1.959963984540054 / Math.sqrt(9)
  expect(Math.log(low / (1 - low))).toBeCloseTo(Math.log(9) - half, 12)
  expect(Math.log(high / (1 - high))).toBeCloseTo(Math.log(9) + half, 12)
  expect(logitInterval(1, 100)).toEqual({ value: 1, low: 0, high: 1 })
})

test('paired means: the same terms differ by nothing, shifted terms surely', () => {
  expect(compareMeans([1, 2, 3], [1, 2, 3])).toMatchObject({ value: 0, low: 0, high: 0, pValue: 1 })
  expect(compareMeans([1.1, 2, 3.1, 4], [0, 1, 2, 3]).pValue).toBeLessThan(1e-6)
})

test('quantiles interpolate', () => {
  expect(quantileOfSorted([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(quantileOfSorted([1, 2, 3, 4, 5], 0.25)).toBe(2)
  expect(quantileOfSorted([], 0.5)).toBeNaN()
})
