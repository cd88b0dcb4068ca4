import { describe, expect, it } from 'vitest'
import type { TwoViews } from '../../../data/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { closedForms, distanceOf } from './closed-forms.ts'
import { encode } from './encoders.ts'
import { identities, violations } from './experiment.ts'
import { explanationOf } from './explanation.ts'
import { flat, measure } from './measure.ts'
import { multimodalInteractions } from './index.ts'
import { boundsParities } from './parity.ts'
import { kinds, mixedRows, viewsOf } from './worlds.ts'

it('closed forms', () => {
  for (const form of closedForms()) expect(distanceOf(form), form.name).toBeLessThan(1e-4)
})

it("parts and bounds are those of the authors' solver, whose U1 and U2 are exchanged", async () => {
  const parities = (await boundsParities())!
  expect(parities.map(({ name }) => name)).toEqual(['binary', 'example', 'ternary', 'uneven', 'wide'])
  for (const { name, distance } of parities) expect(distance, name).toBeLessThan(1e-4)
})

it('parts add up, are not negative, and go with their sources', () => {
  const { sum, least, exchanged } = identities(8, 1)
  expect(sum).toBeLessThan(1e-9)
  expect(least).toBeGreaterThan(-1e-5)
  expect(exchanged).toBeLessThan(1e-4)
})

it('the synergy is within its bounds; the whole disagreement is none', () => {
  const { outside, whole } = violations(300, 1)
  expect(outside).toBe(0)
  expect(whole).toBeGreaterThan(0)
})

const options = { clusters: 6, components: 5, resamples: 3, shuffles: 3, apart: 0.2 }
const gate = (rows: number): TwoViews => {
  const bits = Int32Array.from({ length: rows }, (_, row) => row % 4)
  const first = Float64Array.from(bits, bit => bit >> 1)
  const second = Float64Array.from(bits, bit => bit & 1)
  return viewsOf(
    first,
    second,
    bits.map(bit => (bit >> 1) ^ (bit & 1)),
  )
}

describe('rows', () => {
  it('of an exclusive or: one bit together, nothing alone, more than shuffled labels give', async () => {
    const views = gate(400)
    const measured = await measure(views, options, { seed: 1 })
    expect(flat(measured)).toMatchObject({ redundancy: 0, first: 0, second: 0, synergy: 1, low: 0, high: 1 })
    expect(Math.max(...measured.shuffled.map(({ synergy }) => synergy))).toBeLessThan(0.1)
    const { results, figures, table, notes } = explanationOf(measured, views)
    expect(results.map(({ set, index }) => `${set.join()} ${index}`)).toEqual([
      'first,second redundancy',
      'first uniqueness',
      'second uniqueness',
      'first,second synergy',
      'first,second synergy, at least',
      'first,second synergy, at most',
      'first,second information',
    ])
    expect(results[3]).toMatchObject({ value: 1, reason: expect.stringMatching(/^shuffled labels reach/) as string })
    expect(results[0]!.reason).toMatch(/^within noise/)
    expect(figures!.map(({ title }) => title)[0]).toMatch(/1.00 bits, is told only by both together$/)
    expect(table!.rows).toHaveLength(7)
    expect(notes!.join()).toMatch(/right in 100\.0% to 100\.0% of the rows/)
  })

  it('without a joint label: bounds, and the same redundancy and uniqueness', async () => {
    const { first, second, labels } = mixedRows(kinds.first, 600, 1)
    const whole = viewsOf(first, second, labels)
    const [a, b] = whole.views as [{ values: Float64Array; width: number } & TwoViews['views'][0], TwoViews['views'][1]]
    const apart: TwoViews = {
      ...whole,
      views: [
        {
          ...a,
          values: (a.values as Float64Array).map((value, at) => (Math.floor(at / a.width) % 3 === 0 ? NaN : value)),
        } as typeof a,
        b.kind === 'vectors'
          ? { ...b, values: b.values.map((value, at) => (Math.floor(at / b.width) % 3 === 1 ? NaN : value)) }
          : b,
      ],
      labels: { ...whole.labels, values: labels.map((label, row) => (row % 3 === 2 ? -1 : label)) },
    }
    const measured = await measure(apart, { ...options, resamples: 0, shuffles: 0 }, { seed: 1 })
    expect(measured.rows).toEqual({ first: 200, second: 200, pairs: 200, joint: 0 })
    const { redundancy, first: only, second: other, low, high, synergy } = flat(measured)
    expect(synergy).toBeNaN()
    expect(only).toBeGreaterThan(redundancy + other)
    expect(low).toBeLessThanOrEqual(high)
    const { results, figures, table } = explanationOf(measured, apart)
    expect(results.map(({ index }) => index)).not.toContain('synergy')
    expect(figures).toHaveLength(1)
    expect(table!.rows).toHaveLength(5)
  })

  it('with many cells say that counts tell too much', async () => {
    const { first, second, labels } = mixedRows(kinds.redundancy, 200, 1)
    const views = viewsOf(first, second, labels)
    const measured = await measure(views, { ...options, clusters: 20, resamples: 0, shuffles: 0 }, { seed: 1 })
    expect(explanationOf(measured, views).notes!.join()).toMatch(/0\.250 rows a cell, of 800 cells/)
  })

  it('of two populations are refused', async () => {
    const views = gate(400)
    const labels = views.labels.values.map((label, row) => (row % 8 < 4 ? label : -1))
    const other = {
      ...views,
      views: [
        {
          ...views.views[0],
          values: (views.views[0].values as Float64Array).map((value, row) => (row % 8 < 4 ? value : 1)),
        },
        views.views[1],
      ],
      labels: { ...views.labels, values: labels },
    } as TwoViews
    await expect(measure(other, { ...options, apart: 0.1 }, { seed: 1 })).rejects.toMatchObject({
      code: 'data/conflict',
      try: '--set apart=0.25',
    })
  })
})

it('a stop is heard between resamples', async () => {
  await expect(measure(gate(40), options, { seed: 1, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
})

it('encoders learn a label from one modality and from both', async () => {
  const { accuracy, first, labels } = await encode(
    rows => mixedRows(kinds.first, rows, 2),
    { train: 400, test: 200, epochs: 6 },
    { seed: 1, threads: 1 },
  )
  expect(first).toHaveLength(5 * labels.length)
  expect(accuracy.first).toBeGreaterThan(0.7)
  expect(accuracy.both).toBeGreaterThan(0.7)
  expect(accuracy.second).toBeLessThan(0.65)
})

it('options are checked by name', () => {
  expect(() => parseOptions(multimodalInteractions, { clusters: 1 })).toThrow(/clusters/)
})
