import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { collapsed } from './closed-forms.ts'
import { dnn } from './index.ts'
import { parityOf } from './parity.ts'

describe('dnn', async () => {
  it('without activations is the product of its matrices', async () =>
    expect(await collapsed()).toBeLessThanOrEqual(1e-5))

  it.each((await goldenCases('dnn'))!)('answers as the benchmark does: $name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    expect(Object.keys(gradients)).toContain('embedding.weight')
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
  })

  it('refuses an option that makes no model, by its name', () => {
    expect(() => parseOptions(dnn, { hidden: [8, 0] })).toThrow(/hidden\.1/)
  })
})
