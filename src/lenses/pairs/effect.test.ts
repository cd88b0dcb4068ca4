import { describe, expect, it } from 'vitest'
import type { EncodedTable } from '../../data/table/encoded.ts'
import type { FieldSpec } from '../../nn/fields/spec.ts'
import { pairEffect } from './effect.ts'
import { normalTable, numericModel } from './fixture.ts'

describe('pairEffect', () => {
  it('is (a - mean x1)(b - mean x2) at the bin medians for x1 x2, over the background rows', async () => {
    const f = (x: Float32Array) => x[0]! * x[1]! + Math.sin(x[2]!)
    const { table, spec } = normalTable(500, 3, 'regression', f)
    const effect = await pairEffect(numericModel(f), table, spec, ['x1', 'x2'], { budget: 1e6 })
    expect(effect.levels.map(axis => axis.length)).toEqual([20, 20])
    expect(effect.background).toBe(500)
    const mean = (k: number) => table.numeric.reduce((sum, x, i) => sum + (i % 3 === k ? x / 500 : 0), 0)
    const [m1, m2] = [mean(0), mean(1)]
    const at = (axis: number, level: number) => (effect.levels[axis]![level] as { at: number }).at
    for (let a = 0; a < 20; a++)
      for (let b = 0; b < 20; b++) {
        const [x1, x2] = [at(0, a), at(1, b)]
        const cross = table.numeric.reduce(
          (sum, x, i) => sum + (i % 3 === 0 ? (x * table.numeric[i + 1]!) / 500 : 0),
          0,
        )
        const exact = x1 * x2 - x1 * m2 - x2 * m1 + cross
        expect(effect.interaction[a * 20 + b]).toBeCloseTo(exact, 5)
      }
    expect(effect.counts.reduce((sum, count) => sum + count)).toBe(500)
    const margin = Array.from({ length: 20 }, (_, a) =>
      effect.counts.subarray(a * 20, a * 20 + 20).reduce((sum, count) => sum + count),
    )
    expect(Math.max(...margin)).toBe(25)
  })

  it('is nothing but rounding for an additive model, correlated fields or not', async () => {
    const f = (x: Float32Array) => Math.exp(x[0]!) - x[1]! ** 3
    const { table, spec } = normalTable(300, 2, 'regression', f)
    for (let r = 0; r < 300; r++) table.numeric[2 * r + 1] = table.numeric[2 * r]! + 0.1 * table.numeric[2 * r + 1]!
    const effect = await pairEffect(numericModel(f), table, spec, ['x2', 'x1'])
    expect(Math.max(...effect.interaction.map(Math.abs))).toBeLessThan(1e-4)
    expect(Math.max(...effect.joint.map(Math.abs))).toBeGreaterThan(1)
  })

  it('keeps the 12 most frequent values and puts the rest together', async () => {
    const rows = 900
    const ids = Int32Array.from({ length: rows }, (_, r) => Math.floor(Math.sqrt(r)) % 30)
    const fields: FieldSpec[] = [
      { name: 'speed', type: 'numeric', size: 0 },
      { name: 'phase', type: 'categorical', size: 4 },
      { name: 'city', type: 'categorical', size: 31 },
    ]
    const table: EncodedTable = {
      rows,
      categorical: Int32Array.from({ length: 2 * rows }, (_, k) => (k % 2 ? 4 + ids[k >> 1]! : (k >> 1) % 3)),
      numeric: new Float32Array(rows).map((_, r) => (r % 7 === 0 ? 1 : 0)),
      sequences: [],
      targets: [],
      rowNumber: new Int32Array(rows),
    }
    const predict = async (batch: EncodedTable) =>
      new Float32Array(batch.rows).map((_, r) => {
        const [phase, city] = [batch.categorical[2 * r]!, batch.categorical[2 * r + 1]! - 4]
        return batch.numeric[r]! + (phase === 2 && city === 29 ? 5 : 0)
      })
    const effect = await pairEffect(predict, table, { fields, targets: [], rows }, ['phase', 'city'])
    const [phases, cities] = effect.levels
    expect(phases.map(level => level.kind === 'value' && level.id).sort()).toEqual([0, 1, 2])
    expect(cities).toHaveLength(13)
    expect(cities[0]).toMatchObject({ kind: 'value', id: 29 })
    expect(cities[12]).toMatchObject({ kind: 'other' })
    const planted = phases.findIndex(level => level.kind === 'value' && level.id === 2) * 13
    expect(effect.interaction[planted]).toBeGreaterThan(2.5)
    const numeric = await pairEffect(predict, table, { fields, targets: [], rows }, ['speed', 'city'])
    expect(numeric.levels[0]).toMatchObject([
      { low: 0, high: 0, at: 0 },
      { low: 0, high: 1, at: 1 },
    ])
  })

  it('names the field it does not know, and refuses a sequence', async () => {
    const { table, spec } = normalTable(30, 2, 'regression', () => 0)
    const model = numericModel(() => 0)
    spec.fields[0]!.name = 'speed'
    await expect(pairEffect(model, table, spec, ['speeed', 'x2'])).rejects.toMatchObject({
      code: 'data/unknown-field',
      why: 'nearest: speed',
    })
    spec.fields.push({ name: 'history', type: 'sequence', size: 3, length: 1 })
    await expect(pairEffect(model, table, spec, ['history', 'x2'])).rejects.toMatchObject({ code: 'lens/needs' })
  })
})
