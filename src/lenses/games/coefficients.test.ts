import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { maskOf, popcount } from './bits.ts'
import { choose, valueCoefficients } from './coefficients.ts'
import { exactIndex } from './exact.ts'
import { indices, sizesOf, type IndexName } from './indices.ts'

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

describe('valueCoefficients', () => {
  it('of SII are +-(n - s - l)! l! / (n - s + 1)!, l the players outside S', () => {
    const [n, s] = [9, 2]
    const table = valueCoefficients('SII', s, n, s)
    for (let t = 0; t <= n; t++)
      for (let shared = Math.max(0, t + s - n); shared <= Math.min(s, t); shared++) {
        const outside = t - shared
        const exact = ((-1) ** (s - shared) * factorial(n - s - outside) * factorial(outside)) / factorial(n - s + 1)
        expect(table[t * (s + 1) + shared]! / exact).toBeCloseTo(1, 12)
      }
  })

  it('keep their digits at 60 players, where floating point sums would have none', () => {
    const table = valueCoefficients('SII', 1, 60, 1)
    expect(table[30 * 2 + 1]! * choose(59, 29) * 60).toBeCloseTo(1, 12)
  })

  it.each(Object.keys(indices) as IndexName[])('sum to %s of a random game', index => {
    const [n, order] = [6, 3]
    const random = new Random(5)
    const game = new Float64Array(1 << n).map(() => random.normal())
    const { sets, values } = exactIndex(game, index, order)
    const tables = sets.map(set => valueCoefficients(index, set.length, n, sizesOf(index, order)[1]))
    sets.forEach((set, k) => {
      const S = maskOf(set)
      const sum = game.reduce(
        (total, v, T) => total + v * tables[k]![popcount(T) * (set.length + 1) + popcount(T & S)]!,
        0,
      )
      expect(sum).toBeCloseTo(values[k]!, 10)
    })
  })
})
