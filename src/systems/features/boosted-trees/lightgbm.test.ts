import { expect, test } from 'vitest'
import { goldenTargets, parityOf } from './parity.ts'

test.each(goldenTargets)('raw scores and importances are LightGBM 4.7: $name', async target => {
  const parity = (await parityOf(target))!
  expect(parity.scores).toBeLessThan(1e-5)
  expect(parity.splits).toBe(0)
  expect(parity.gains).toBeLessThan(1e-4)
})
