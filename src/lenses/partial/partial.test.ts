import { describe, expect, it } from 'vitest'
import { functionPredictor } from '../adapters/function.ts'
import { Random } from '../../random/index.ts'
import type { Columns } from '../predictor.ts'
import { accumulatedEffects, partialDependence, partialMeasures } from './index.ts'

/** All rows of -1 and 1 in `fields` fields: independent, of mean 0 and variance 1, so that closed forms hold exactly. */
const factorial = (fields: number): Columns =>
  Array.from({ length: fields }, (_, f) =>
    Float64Array.from({ length: 2 ** fields }, (_, r) => ((r >> f) & 1 ? 1 : -1)),
  )
const names = (count: number) => Array.from({ length: count }, (_, f) => `x${f + 1}`)
const predictor = (fields: number, score: (x: Float64Array) => number) =>
  functionPredictor(score, { fields: names(fields) })
const labelled = (columns: Columns, score: (x: Float64Array) => number) => ({
  kind: 'regression' as const,
  values: Float64Array.from(columns[0]!, (_, r) => score(Float64Array.from(columns, column => column[r]!))),
})

describe('x1 + x2 + c x1 x2 of independent fields', () => {
  it.each([0.5, 1, 3])('H, Sobol and FIS have their closed forms, c = %s', async c => {
    const score = (x: Float64Array) => x[0]! + x[1]! + c * x[0]! * x[1]!
    const columns = factorial(2)
    const { pairs, singles, variance } = await partialMeasures(predictor(2, score), columns, {
      labels: labelled(columns, score),
    })
    const [pair] = pairs
    expect(pair!.h.value).toBeCloseTo(c ** 2 / (2 + c ** 2), 9)
    expect(pair!.strength.value).toBeCloseTo(c, 9)
    expect(variance).toBeCloseTo(2 + c ** 2, 9)
    expect(pair!.sobol.value).toBeCloseTo(c ** 2 / (2 + c ** 2), 9)
    expect(singles[0]!.sobol.value).toBeCloseTo(1 / (2 + c ** 2), 9)
    expect(singles[0]!.total.value).toBeCloseTo((1 + c ** 2) / (2 + c ** 2), 9)
    expect(singles[0]!.fis!.value).toBeCloseTo(2 * (1 + c ** 2), 9)
    expect(pair!.fis!.value).toBeCloseTo(-2 * c ** 2, 9)
  })
})

it('H of a pure product is 1, of an additive model 0', async () => {
  const product = await partialMeasures(
    predictor(2, x => x[0]! * x[1]!),
    factorial(2),
  )
  expect(product.pairs[0]!.h.value).toBeCloseTo(1, 9)
  const sum = await partialMeasures(
    predictor(3, x => x[0]! + 2 * x[1]! - x[2]!),
    factorial(3),
  )
  for (const { h, strength, sobol } of sum.pairs) {
    expect(strength.value).toBeLessThan(1e-9)
    expect(sobol.value).toBeLessThan(1e-9)
    expect(h.value).toBeLessThan(1e-9)
  }
})

it('FIS of every pair of x1 x2 x3 is -2', async () => {
  const score = (x: Float64Array) => x[0]! * x[1]! * x[2]!
  const columns = factorial(3)
  const { pairs } = await partialMeasures(predictor(3, score), columns, { labels: labelled(columns, score) })
  expect(pairs).toHaveLength(3)
  for (const { fis } of pairs) expect(fis!.value).toBeCloseTo(-2, 9)
})

it('Ishigami: Sobol shares within 0.05 of the closed form', async () => {
  const random = new Random(3, 'ishigami')
  const columns = [0, 1, 2].map(() => new Float64Array(500).map(() => Math.PI * (2 * random.uniform() - 1)))
  const score = (x: Float64Array) => Math.sin(x[0]!) + 7 * Math.sin(x[1]!) ** 2 + 0.1 * x[2]! ** 4 * Math.sin(x[0]!)
  const { singles, pairs } = await partialMeasures(predictor(3, score), columns, { budget: 6 * 500 ** 2 })
  const near = (value: number, expected: number) => expect(Math.abs(value - expected)).toBeLessThan(0.05)
  ;[0.3139, 0.4424, 0].forEach((share, i) => near(singles[i]!.sobol.value, share))
  ;[0, 0.2437, 0].forEach((share, i) => near(pairs[i]!.sobol.value, share))
  ;[0.5576, 0.4424, 0.2437].forEach((share, i) => near(singles[i]!.total.value, share))
})

it('Friedman-1: of 45 pairs only x1 x2 interact', async () => {
  const random = new Random(1, 'friedman')
  const columns = Array.from({ length: 10 }, () => new Float64Array(150).map(() => random.uniform()))
  const score = (x: Float64Array) =>
    10 * Math.sin(Math.PI * x[0]! * x[1]!) + 20 * (x[2]! - 0.5) ** 2 + 10 * x[3]! + 5 * x[4]!
  const { pairs } = await partialMeasures(predictor(10, score), columns, { budget: 300_000 })
  for (const { set, strength } of pairs)
    if (set.join() === 'x1,x2') expect(strength.low).toBeGreaterThan(0.3)
    else expect(strength.value).toBeLessThan(1e-9)
})

it('partial dependence and accumulated effects of x1 + x2 + x1 x2 rise by 1 a unit', async () => {
  const of = predictor(2, x => x[0]! + x[1]! + x[0]! * x[1]!)
  for (const curve of [await partialDependence(of, factorial(2), 0), await accumulatedEffects(of, factorial(2), 0)]) {
    expect([...curve.at]).toEqual([-1, 1])
    expect(curve.mean[1]! - curve.mean[0]!).toBeCloseTo(2, 9)
    expect(curve.mean[0]! + curve.mean[1]!).toBeCloseTo(0, 9)
  }
  const { rows } = await partialDependence(of, factorial(2), 0)
  expect(new Set(rows.map(curve => Math.round(curve[1]!)))).toEqual(new Set([0, 4]))
})

it('where fields go together, accumulated effects stay with the data and partial dependence does not', async () => {
  const random = new Random(1, 'together')
  const first = new Float64Array(2000).map(() => random.uniform())
  const columns = [first, first.map(value => value + 0.01 * random.normal())]
  const of = predictor(2, x => (Math.abs(x[0]! - x[1]!) > 0.3 ? 100 : x[0]!))
  const spread = ({ mean }: { mean: Float64Array }) => Math.max(...mean) - Math.min(...mean)
  expect(spread(await accumulatedEffects(of, columns, 0))).toBeCloseTo(1, 1)
  expect(spread(await partialDependence(of, columns, 0))).toBeGreaterThan(10)
})
