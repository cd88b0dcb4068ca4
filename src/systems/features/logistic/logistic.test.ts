import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { additive } from './closed-forms.ts'
import { logistic } from './index.ts'
import { parityOf } from './parity.ts'

describe('logistic', async () => {
  it('is the sum of the weights of its values', async () => expect(await additive()).toBeLessThanOrEqual(1e-5))

  it.each((await goldenCases('logistic'))!)('answers as the benchmark does: $name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    expect(Object.keys(gradients)).toContain('linear.weight')
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
  })

  it('refuses an option that makes no model, by its name', () => {
    expect(() => parseOptions(logistic, { bias: 'no' })).toThrow(/has no option/)
  })
})
