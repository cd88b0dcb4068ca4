import { describe, expect, it } from 'vitest'
import { categoricalSpec } from '../../../study/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { dcnv2 } from '../dcnv2/index.ts'
import { unifiedEmbedding } from './index.ts'
import { drift } from './drift.ts'
import { meanAngle } from './single-layer.ts'

describe('unified-embedding', () => {
  const spec = categoricalSpec([400, 600])

  it('has as many embedding parameters as its budget says, and the backbone of dcnv2', () => {
    const own = unifiedEmbedding.create!(parseOptions(unifiedEmbedding, { budget: 0.1, crossLayers: 4 }), spec)
    const plain = dcnv2.create!(parseOptions(dcnv2, {}), spec)
    const [, table] = [...own.parameters()].find(([path]) => path === 'embedding.weight')!
    expect(table.shape).toEqual([200, 5])
    expect(countParameters(plain) - countParameters(own)).toBe(10_000 - 1_000)
  })

  it.each(['unified', 'hashed', 'multi-hash', 'quotient-remainder', 'robe'])('%s keeps to its budget', share => {
    const model = unifiedEmbedding.create!(parseOptions(unifiedEmbedding, { share, budget: 0.2 }), spec)
    const [, table] = [...model.parameters()].find(([path]) => path === 'embedding.weight')!
    expect(table.size).toBeLessThanOrEqual(0.2 * 1000 * 10)
    expect(table.size).toBeGreaterThan(0.19 * 1000 * 10)
  })

  it('learns values that came after the first day, which a vocabulary of that day does not', async () => {
    const { kept, hashed } = await drift({ seed: 1, threads: 1, rowsADay: 4000, epochs: 3 })
    expect(hashed).toBeGreaterThan(kept)
  })

  it('measures angles', () => {
    expect(meanAngle([1, 0, 0, 2], 2)).toBeCloseTo(90)
    expect(meanAngle([1, 1, 2, 2], 2)).toBeCloseTo(0)
  })
})
