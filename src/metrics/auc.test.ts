import { expect, test } from 'vitest'
import fc from 'fast-check'
import { isInterplayError } from '../errors/index.ts'
import { auc } from './auc.ts'

/** A fraction of pairs, ties half: the definition, in O(n^2). */
function countPairs(labels: number[], scores: number[]): number {
  let wins = 0
  let pairs = 0
  for (const [i, a] of labels.entries()) {
    for (const [j, b] of labels.entries()) {
      if (a !== 1 || b !== 0) continue
      pairs++
      wins += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0
    }
  }
  return wins / pairs
}

const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -3, max: 3 })), {
  minLength: 1,
  maxLength: 60,
})

test('hand-computed values', () => {
  expect(auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75)
  expect(auc([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])).toBe(0.5)
  expect(auc([0, 1], [-Infinity, Infinity])).toBe(1)
  expect(auc([1, 1], [0.1, 0.2])).toBeNaN()
})

test('is the pair count, whatever the ties', () => {
  fc.assert(
    fc.property(rows, pairs => {
      const labels = pairs.map(pair => pair[0])
      const scores = pairs.map(pair => pair[1])
      expect(auc(labels, scores)).toEqual(countPairs(labels, scores))
    }),
  )
})

test('reversing the scores reverses it, and row order does not matter', () => {
  fc.assert(
    fc.property(rows, pairs => {
      const value = auc(...unzip(pairs))
      if (Number.isNaN(value)) return
      expect(auc(...unzip(pairs.map(([label, score]) => [label, -score])))).toBeCloseTo(1 - value, 14)
      expect(auc(...unzip([...pairs].reverse()))).toBe(value)
    }),
  )
})

const unzip = (pairs: [number, number][]) =>
  [pairs.map(pair => pair[0]), pairs.map(pair => pair[1])] as [number[], number[]]

test('names the row of a label that is neither 0 nor 1, of NaN, and a wrong count', () => {
  expect(() => auc([0, -1], [0.1, 0.2])).toThrow('label -1 of row 2 must be 0 or 1')
  expect(() => auc([0, 1], [0.1, NaN])).toThrow('the predictor gave NaN for 1 of 2 values, first in row 2')
  try {
    auc([0, 1], [0.1])
    expect.unreachable()
  } catch (error) {
    expect(isInterplayError(error) && error.code).toBe('predictor/answer')
    expect(String(error)).toContain('the predictor gave 1 values for 2 rows')
  }
})

test('a million rows take well under a second', () => {
  const size = 1_000_000
  const labels = Uint8Array.from({ length: size }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0))
  const scores = Float64Array.from({ length: size }, (_, i) => ((i * 2654435761) % 4294967296) / 4294967296)
  const started = performance.now()
  const value = auc(labels, scores)
  expect(performance.now() - started).toBeLessThan(2000)
  expect(value).toBeCloseTo(0.5, 2)
})
