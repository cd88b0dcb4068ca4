import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { recurrence } from './closed-forms.ts'
import { dcnv2 } from './index.ts'
import { parityOf } from './parity.ts'

describe('dcnv2', async () => {
  it('follows the recurrence of the cross network', async () => expect(await recurrence()).toBeLessThanOrEqual(1e-5))

  it.each((await goldenCases('dcnv2'))!)('answers as the benchmark does: $name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    expect(Object.keys(gradients)).toContain('embedding.weight')
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
  })

  it('refuses an option that makes no model, by its name', () => {
    expect(() => parseOptions(dcnv2, { structure: 'sideways' })).toThrow(/structure/)
  })
})
