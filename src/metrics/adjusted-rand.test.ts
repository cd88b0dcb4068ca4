import { expect, it } from 'vitest'
import { adjustedRand } from './adjusted-rand.ts'

it('is what scikit-learn gives', () => {
  expect(adjustedRand([0, 0, 1, 1], [1, 1, 0, 0])).toBe(1)
  expect(adjustedRand([0, 0, 1, 2], [0, 0, 1, 1])).toBeCloseTo(0.5714285714285714, 12)
  expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12)
  expect(adjustedRand([0, 0, 0], [5, 5, 5])).toBe(1)
})
