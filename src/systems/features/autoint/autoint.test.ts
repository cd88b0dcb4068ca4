import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/parity.ts'
import { parityOf } from './parity.ts'

describe('parity with the reference implementations', async () => {
  const cases = (await goldenCases('autoint'))!

  it('covers all 16 switches, AutoInt+ and the original variant', () => {
    const plain = cases.filter(
      ({ configuration: { variant, deep } }) => variant === 'fuxictr' && (deep as number[]).length === 0,
    )
    expect(plain).toHaveLength(16)
    expect(cases.length).toBeGreaterThanOrEqual(25)
  })

  it.each(cases)('$name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})
