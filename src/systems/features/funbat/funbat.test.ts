import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { parityOf } from './parity.ts'

const cases = (await goldenCases('funbat'))!

describe("parity with the authors' code, twenty passes", () => {
  it('has every variant', () => expect(cases).toHaveLength(7))
  it.each(cases.map(golden => [golden.name, golden] as const))('%s', (_, golden) => {
    for (const difference of Object.values(parityOf(golden))) expect(difference).toBeLessThan(1e-6)
    console.log(JSON.stringify(parityOf(golden)))
  })
})
