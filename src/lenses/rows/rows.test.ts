import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { functionPredictor } from '../adapters/function.ts'
import { CheckedPredictor } from '../checked.ts'
import type { IndexName } from '../games/indices.ts'
import type { Columns } from '../predictor.ts'
import { explainRows, imputerOf, previewRows, rowGame } from './index.ts'

const fields = ['a', 'b', 'c']
const model = functionPredictor(x => x[0]! * x[1]! + x[2]!, { fields })
const column = (...values: number[]) => Float64Array.from(values)
const ones: Columns = fields.map(() => column(1))
const zero: Columns = fields.map(() => column(0))
const indexOf = async (index: IndexName, set: string) => {
  const { sets } = await explainRows(model, ones, zero, { index, imputer: 'baseline' })
  return sets.find(each => each.set.join() === set)?.value
}

describe('x1 x2 + x3 at ones, baseline 0', () => {
  it('has the closed forms of u_12 + u_3', async () => {
    expect(await indexOf('SV', 'a')).toBeCloseTo(0.5, 9)
    expect(await indexOf('SV', 'c')).toBeCloseTo(1, 9)
    for (const index of ['SII', 'BII', 'STII', 'FSII'] as const) expect(await indexOf(index, 'a,b')).toBeCloseTo(1, 9)
    expect(await indexOf('SII', 'a,c')).toBeCloseTo(0, 9)
    expect(await indexOf('k-SII', 'a')).toBeCloseTo(0, 9)
    expect(await indexOf('k-SII', 'c')).toBeCloseTo(1, 9)
  })
})

it('marginal absence is the mean over the background rows', async () => {
  const background = [column(0, 2), column(1, 3), column(0, 0)]
  const imputer = imputerOf(model, background)
  const values = await rowGame(model, [1, 1, 5], imputer).evaluate(Uint32Array.of(0, 1, 3, 7))
  expect([...values]).toEqual([(0 * 1 + 2 * 3) / 2, (1 + 3) / 2, 1, 6])
})

it('efficiency: values of a row add up to its answer less the mean answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }), async x => {
      const names = ['a', 'b', 'c', 'd']
      const of = functionPredictor(r => Math.tanh(r[0]! * r[1]! - r[2]!) + r[3]! * r[0]! ** 2, { fields: names })
      const background = names.map((_, f) => column(...Array.from({ length: 7 }, (_, r) => Math.sin(3 * f + r))))
      const explained = x.map(value => column(value))
      for (const index of ['SV', 'k-SII', 'STII', 'FSII'] as const) {
        const { sets, full, baseline } = await explainRows(of, explained, background, { index })
        const sum = sets.reduce((total, { value }) => total + value, 0)
        expect(sum).toBeCloseTo(full - baseline, 9)
      }
    }),
    { numRuns: 20 },
  )
})

it('the mean over rows has an interval, and a time limit leaves a partial result', async () => {
  const rows = [column(1, 2, 3, 4), column(1, 0, 1, 0), column(0, 0, 0, 0)]
  const whole = await explainRows(model, rows, zero, { imputer: 'baseline' })
  const pair = whole.sets.find(({ set }) => set.join() === 'a,b')!
  expect(pair).toMatchObject({ value: 1, magnitude: 1 })
  expect(pair.low!).toBeLessThan(1)
  expect(whole).toMatchObject({ complete: true, exact: true, rows: 4, predictions: 32 })
  expect(await explainRows(model, rows, zero, { timeLimit: 0 })).toMatchObject({ complete: false, rows: 1 })
})

it('asks for each coalition once, in large requests', async () => {
  const checked = new CheckedPredictor(model, { batch: 256 })
  const background = fields.map((_, f) => new Float64Array(40).map((_, r) => Math.cos(r + f)))
  const result = await explainRows(checked, ones, background, { index: 'STII' })
  expect(result.predictions).toBe(8 * 40)
  expect(checked.cost.calls).toBe(3)
})

it('previews what a budget buys', () => {
  expect(previewRows(10, 1, {})).toEqual({
    rows: 1,
    coalitions: 1024,
    background: 100,
    predictions: 102_400,
    exact: true,
  })
  expect(previewRows(20, 1, {})).toMatchObject({ coalitions: 4096, exact: false })
  const small = previewRows(20, 1, { budget: 5000 })
  expect(small.predictions).toBeLessThanOrEqual(5000)
  expect(small.coalitions).toBeGreaterThanOrEqual(8 * 21)
  expect(previewRows(12, 1, { imputer: 'baseline' })).toMatchObject({ background: 1, predictions: 4096 })
})

it('refuses rows there are none of', async () => {
  const none = fields.map(() => column())
  await expect(explainRows(model, none, zero)).rejects.toMatchObject({ code: 'data/empty' })
  await expect(explainRows(model, ones, none)).rejects.toMatchObject({ code: 'data/empty' })
})
