import { expect, it } from 'vitest'
import { TextVocabulary } from './text-vocabulary.ts'

const vocabulary = TextVocabulary.of(['a red star', 'On dark, a star.'])

it('numbers words behind the special ids', () => {
  expect(vocabulary.words).toEqual(['a', 'dark', 'on', 'red', 'star'])
  expect(vocabulary.size).toBe(9)
  expect([...vocabulary.encode(['a red star', ''], 6)]).toEqual([1, 4, 7, 8, 2, 0, 1, 2, 0, 0, 0, 0])
})

it('knows what it does not know, and keeps the end of a text that is cut', () => {
  expect([...vocabulary.encode(['a blue star on dark'], 5)]).toEqual([1, 4, 3, 8, 2])
  expect(vocabulary.unknown('a Blue star, ringed')).toEqual(['blue', 'ringed'])
})
