import { expect, it } from 'vitest'
import { placeOf, setAt, setsOfSize } from './bits.ts'

it.each([1, 3, 4, 7])('sets of %i of 7 players stand at their places', size => {
  const sets = setsOfSize(7, size, size)
  sets.forEach((set, place) => {
    expect(setAt(7, size, place)).toEqual(set)
    expect(placeOf(7, set)).toBe(place)
  })
})

it('finds sets among nearly 2^32 of them', () => {
  const last = setAt(35, 14, 2_319_959_399)
  expect(last).toEqual(Array.from({ length: 14 }, (_, k) => 21 + k))
  expect(placeOf(35, setAt(35, 14, 1_234_567_890))).toBe(1_234_567_890)
})
