import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parityOf } from './parity.ts'

const cases = (await goldenCases('lib'))!

describe("parity with the authors' code, in float64", () => {
  it('has every case', () => expect(cases).toHaveLength(3))
  it.each(cases.map(golden => [golden.name, golden] as const))('%s', async (_, golden) => {
    const found = await parityOf(golden)
    for (const [what, distance] of Object.entries(found)) expect(distance, what).toBeLessThan(1e-8)
  })
})
