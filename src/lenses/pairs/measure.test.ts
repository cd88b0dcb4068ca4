import { describe, expect, it } from 'vitest'
import type { EncodedTable } from '../../data/table/encoded.ts'
import type { Random } from '../../random/index.ts'
import { normalTable, numericModel, sigmoid } from './fixture.ts'
import { measureInteractions } from './measure.ts'

const draw = (logit: number, random: Random) => Number(random.uniform() < sigmoid(logit))
const main = (x: Float32Array) => x[0]! - 0.5 * x[1]! + 0.3 * x[2]!

describe('measureInteractions', () => {
  it('is zero, within noise, for every pair of an additive model', async () => {
    const { table, spec } = normalTable(400, 4, 'regression', main)
    const { pairs } = await measureInteractions(numericModel(main), table, spec)
    expect(pairs).toHaveLength(6)
    for (const pair of pairs) {
      expect(pair.value).toBe(0)
      expect(pair.verdict).toBe('within noise')
    }
  })

  it("gives c E|x1 - x1'| E|x2 - x2'| = 4c / pi for c x1 x2 of independent normal fields", async () => {
    const f = (x: Float32Array) => main(x) + 0.7 * x[0]! * x[1]!
    const { table, spec } = normalTable(8000, 3, 'regression', f)
    const { pairs } = await measureInteractions(numericModel(f), table, spec, { rows: 8000, budget: 1e6 })
    const [first, ...others] = pairs
    expect(first!.fields).toEqual(['x1', 'x2'])
    const exact = (0.7 * 4) / Math.PI
    expect(first!.low).toBeLessThan(exact)
    expect(first!.high).toBeGreaterThan(exact)
    expect(first!.high - first!.low).toBeLessThan(0.08)
    expect(first!.verdict).toBe('supported')
    for (const other of others) expect(other.value).toBeLessThan(1e-5)
  })

  it('covers the exact strength in about 95% of 100 samples', async () => {
    const f = (x: Float32Array) => x[0]! * x[1]!
    let covered = 0
    for (let seed = 1; seed <= 100; seed++) {
      const { table, spec } = normalTable(400, 2, 'regression', f, seed)
      const { pairs } = await measureInteractions(numericModel(f), table, spec, { seed })
      if (pairs[0]!.low <= 4 / Math.PI && 4 / Math.PI <= pairs[0]!.high) covered++
    }
    expect(covered).toBeGreaterThanOrEqual(89)
  })

  it('tells an interaction that the labels confirm from one the model made up', async () => {
    const f = (x: Float32Array) => main(x) + 0.6 * x[0]! * x[1]! + 0.6 * x[2]! * x[3]!
    const truth = (x: Float32Array) => main(x) + 0.6 * x[0]! * x[1]!
    const verdicts = { real: 0, accidental: 0 }
    const slopes = { real: 0, accidental: 0 }
    for (let seed = 1; seed <= 20; seed++) {
      const { table, spec } = normalTable(2000, 5, 'binary', (x, random) => draw(truth(x), random), seed)
      const { pairs } = await measureInteractions(numericModel(f), table, spec, { seed })
      const real = pairs.find(pair => pair.fields.join() === 'x1,x2')!
      const accidental = pairs.find(pair => pair.fields.join() === 'x3,x4')!
      if (real.verdict === 'supported') verdicts.real++
      if (accidental.verdict === 'supported') verdicts.accidental++
      slopes.real += real.support!.value / 20
      slopes.accidental += accidental.support!.value / 20
    }
    expect(verdicts.real).toBeGreaterThanOrEqual(19)
    expect(verdicts.accidental).toBeLessThanOrEqual(2)
    expect(slopes.real).toBeGreaterThan(0.85)
    expect(slopes.real).toBeLessThan(1.15)
    expect(Math.abs(slopes.accidental)).toBeLessThan(0.2)
  })

  it('gives 2 Var(x) as the fall of the negative mean squared error, and 0 for a field without effect', async () => {
    const f = (x: Float32Array) => 2 * x[0]!
    const { table, spec } = normalTable(4000, 3, 'regression', f)
    const metric = (scores: Float32Array, rows: Int32Array) =>
      -scores.reduce((sum, score, r) => sum + (score - table.targets[0]![rows[r]!]!) ** 2, 0) / rows.length
    const { importances } = await measureInteractions(numericModel(f), table, spec, { metric, rows: 4000 })
    expect(importances[0]!.importance!.low).toBeLessThan(8)
    expect(importances[0]!.importance!.high).toBeGreaterThan(8)
    expect(importances[1]!.importance).toEqual({ value: 0, low: 0, high: 0 })
  })

  it('screens a wide table within its budget and still finds the planted pairs', async () => {
    const f = (x: Float32Array) => {
      let sum = 0
      for (let k = 0; k < 60; k++) sum += 0.2 * x[k]!
      return sum + x[3]! * x[41]! + 0.8 * x[10]! * x[11]!
    }
    const { table, spec } = normalTable(3000, 60, 'regression', f)
    const budget = 120_000
    const measured = await measureInteractions(numericModel(f), table, spec, { budget })
    expect(measured.cost.predictions).toBeLessThanOrEqual(budget)
    expect(measured.pairs).toHaveLength((60 * 59) / 2)
    const strongest = measured.pairs.slice(0, 2).map(pair => pair.fields.join())
    expect(strongest.sort()).toEqual(['x11,x12', 'x4,x42'])
    expect(measured.pairs.at(-1)!.verdict).toBe('not tested')
    expect(measured.complete).toBe(true)
  })

  it('replaces whole categorical and sequence cells', async () => {
    const rows = 600
    const table: EncodedTable = {
      rows,
      categorical: Int32Array.from({ length: 2 * rows }, (_, k) => (k % 2 ? 5 + ((k >> 3) % 2) : 1 + ((k >> 1) % 2))),
      numeric: new Float32Array(0),
      sequences: [
        { field: 'history', length: 2, ids: Int32Array.from({ length: 2 * rows }, (_, k) => 1 + ((k >> 5) % 2)) },
      ],
      targets: [],
      rowNumber: new Int32Array(rows),
    }
    const spec = {
      fields: [
        { name: 'a', type: 'categorical' as const, size: 4 },
        { name: 'history', type: 'sequence' as const, size: 4, length: 2 },
        { name: 'b', type: 'categorical' as const, size: 4 },
      ],
      targets: [],
      rows,
    }
    const seen = new Set<string>()
    const predict = async (batch: EncodedTable) =>
      new Float32Array(batch.rows).map((_, r) => {
        const [a, b] = batch.categorical.subarray(2 * r)
        const [first, second] = batch.sequences[0]!.ids.subarray(2 * r)
        seen.add(`${first}${second}`)
        return (a! === 1 ? 1 : -1) * (first! === 1 ? 1 : -1) + Number(b === 5)
      })
    const { pairs } = await measureInteractions(predict, table, spec)
    expect([...seen].sort()).toEqual(['11', '22'])
    expect(pairs[0]!.fields).toEqual(['a', 'history'])
    expect(pairs[0]!.low).toBeLessThan(1)
    expect(pairs[0]!.high).toBeGreaterThan(1)
    expect(pairs[0]!.verdict).toBe('not tested')
    expect(pairs[1]!.value).toBe(0)
  })

  it('repeats bit for bit by seed, whatever the batch', async () => {
    const f = (x: Float32Array) => main(x) + x[0]! * x[1]!
    const { table, spec } = normalTable(300, 4, 'regression', f)
    const [a, b, c] = await Promise.all(
      [{ batch: 64 }, { batch: 8192 }, { seed: 2 }].map(options =>
        measureInteractions(numericModel(f), table, spec, options),
      ),
    )
    expect(a!.pairs).toEqual(b!.pairs)
    expect(a!.pairs[0]!.value).not.toBe(c!.pairs[0]!.value)
  })

  it('names what is wrong with a predictor', async () => {
    const { table, spec } = normalTable(50, 3, 'regression', main)
    const measure = (predict: (table: EncodedTable) => Promise<Float32Array>, options = {}) =>
      measureInteractions(predict, table, spec, options)
    await expect(measure(async () => new Float32Array(3))).rejects.toMatchObject({
      code: 'predictor/answer',
      message: expect.stringMatching(/^the predictor gave 3 values for \d+ rows$/),
    })
    await expect(measure(async t => new Float32Array(t.rows).fill(NaN))).rejects.toThrow(/not finite/)
    await expect(
      measure(async () => {
        throw new Error('out of memory')
      }),
    ).rejects.toMatchObject({ code: 'predictor/answer', why: 'out of memory' })
    await expect(measure(() => new Promise(() => {}), { timeout: 0.02 })).rejects.toThrow(/no answer/)
    await expect(measure(numericModel(main), { donors: 3 })).rejects.toMatchObject({ code: 'option/invalid' })
  })

  it('stops at a signal, and at a time limit returns what it has', async () => {
    const { table, spec } = normalTable(500, 6, 'regression', main)
    await expect(
      measureInteractions(numericModel(main), table, spec, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' })
    const partial = await measureInteractions(numericModel(main), table, spec, { timeLimit: 0 })
    expect(partial.complete).toBe(false)
    expect(partial.pairs).toHaveLength(15)
  })
})
