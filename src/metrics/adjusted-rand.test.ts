import { expect, it } from 'vitest'
import { adjustedRand } from './index.ts'

it('is 1 for the same partition under other names', () => {
  expect(adjustedRand([0, 0, 1, 1, 2], [5, 5, 3, 3, 9])).toBe(1)
})

it('equals scikit-learn', () => {
  expect(adjustedRand([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo(0.5714285714, 9)
  expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 9)
  expect(adjustedRand([0, 0, 0, 1, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2, 2, 0])).toBeCloseTo(1 / 21, 9)
})
