import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/parity.ts'
import { parityOf } from './parity.ts'

describe('parity with the reference implementations', async () => {
  const cases = (await goldenCases('finalmlp'))!

  it('covers gates, contexts, heads, batch norm and DualMLP', () => {
    expect(cases).toHaveLength(21)
    expect(cases.filter(({ configuration }) => configuration.model === 'DualMLP')).toHaveLength(3)
  })

  it.each(cases)('$name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})
