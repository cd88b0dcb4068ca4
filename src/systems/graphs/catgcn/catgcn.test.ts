import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parityOf } from './parity.ts'

const cases = (await goldenCases('catgcn'))!

describe("parity with the authors' code", () => {
  it('has every variant', () => expect(cases).toHaveLength(14))
  it.each(cases.map(golden => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { outputs, gradients } = await parityOf(golden)
    expect(outputs).toBeLessThan(1e-5)
    expect(gradients).toBeLessThan(1e-4)
  })
})
