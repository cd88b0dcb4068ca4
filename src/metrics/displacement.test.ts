import { expect, it } from 'vitest'
import { displacement } from './displacement.ts'

it('takes the nearest of several futures, for the mean and the end apart, over the bodies counted', () => {
  const happened = [0, 0, 0, 0, 9, 9, 9, 9]
  const futures = [3, 4, 3, 4, 0, 0, 6, 8, 0, 0, 0, 0, 0, 0, 0, 0]
  const options = { heads: 2, frames: 2, dimensions: 2 }
  expect(displacement(futures, happened, { ...options, counted: Uint8Array.of(1, 0) })).toEqual({
    ade: 5,
    fde: 5,
    bodies: 1,
  })
  expect(displacement(futures, happened, options).fde).toBeCloseTo((5 + Math.hypot(9, 9)) / 2)
})
