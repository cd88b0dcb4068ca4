import { expect, it } from 'vitest'
import { correlation, rankCorrelation } from './index.ts'

it('is 1 for any rising map, -1 for a falling one, and shares ranks between ties', () => {
  const x = [3, 1, 2, 10]
  expect(rankCorrelation(x, x.map(Math.exp))).toBeCloseTo(1, 12)
  expect(
    rankCorrelation(
      x,
      x.map(value => -value),
    ),
  ).toBeCloseTo(-1, 12)
  // ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / sqrt(4.5 * 5)
  expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12)
  expect(rankCorrelation([1, 1], [1, 2])).toBeNaN()
  expect(correlation([0, 1, 2], [1, 3, 5])).toBeCloseTo(1, 12)
})
