import { expect, it } from 'vitest'
import { retrievalScores } from './retrieval.ts'

const similarities = [3, 2, 1, 5, 4, 0, 1, 1, 1]

it('ranks of the diagonal, ties in the middle', () => {
  // ranks 1, 2 and 1 + two halves
  expect(retrievalScores(similarities, 3)).toEqual({
    recall1: 1 / 3,
    recall5: 1,
    recall10: 1,
    medianRank: 2,
    meanRank: 5 / 3,
  })
})

it('answers of the same id are not ranked against the own one', () => {
  expect(retrievalScores(similarities, 3, [7, 7, 8])).toMatchObject({ recall1: 2 / 3, meanRank: 4 / 3 })
})
