import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { computeIndex } from '../games/index.ts'
import { banzhafPairs, sumOfCells, tokenGame, weightedMaxima, type Payoff, type TokenMap } from './index.ts'

const random = new Random(5, 'tokens')
const cells = Float64Array.from({ length: 16 }, () => 2 * random.uniform() - 1)
const weights = [0.1, 0.4, 0.3, 0.2]
const map = (payoff: Payoff): TokenMap => ({ rows: 4, columns: 4, cells, payoff })
const near = (found: Float64Array, expected: ArrayLike<number>, within: number) =>
  found.forEach((value, at) => expect(Math.abs(value - expected[at]!)).toBeLessThan(within))

describe('closed forms', () => {
  it('tokens that add up do not interact', () => {
    const own: Payoff = (_, rows, columns) => [...rows, ...columns].reduce((sum, there, k) => sum + there * (k + 1), 0)
    near(banzhafPairs(map(own)).values, new Float64Array(16), 1e-12)
  })

  it('a sum of cells: the cell itself, less half of its row and column where a pair is merged', () => {
    near(banzhafPairs(map(sumOfCells)).values, cells, 1e-12)
    const rest = cells.map((cell, at) => {
      const [r, c] = [Math.floor(at / 4), at % 4]
      const row = cells.filter((_, other) => Math.floor(other / 4) === r && other !== at)
      const column = cells.filter((_, other) => other % 4 === c && other !== at)
      return cell - [...row, ...column].reduce((sum, value) => sum + value, 0) / 2
    })
    near(banzhafPairs(map(sumOfCells), { rule: 'merged' }).values, rest, 1e-12)
  })

  it('unanimity of two rows and a column: half of a row with that column', () => {
    const unanimous: Payoff = (_, rows, columns) => rows[0]! * rows[1]! * columns[2]!
    const { values } = banzhafPairs(map(unanimous))
    near(
      values,
      Float64Array.from({ length: 16 }, (_, at) => (at === 2 || at === 6 ? 0.5 : 0)),
      1e-12,
    )
  })
})

it("is the index of the games' library", async () => {
  const own = { ...map(weightedMaxima(weights, weights)), rows: 4, columns: 4 }
  const { values } = banzhafPairs(own)
  const { sets, values: all } = await computeIndex(tokenGame(own), { index: 'BII', order: 2 })
  sets.forEach(([i, j], k) => {
    if (i! < 4 && j! >= 4) expect(all[k]).toBeCloseTo(values[4 * i! + j! - 4]!, 10)
  })
})

it('samples come to the exact values, within their errors', () => {
  const small = { ...map(weightedMaxima(weights, weights)) }
  const exact = banzhafPairs(small).values
  const wide: TokenMap = {
    rows: 4,
    columns: 9,
    cells: Float64Array.from({ length: 36 }, (_, at) => (at % 9 < 4 ? cells[4 * Math.floor(at / 9) + (at % 9)]! : 0)),
    payoff: sumOfCells,
  }
  const sampled = banzhafPairs(wide, { samples: 400 })
  expect(sampled.exact).toBe(false)
  for (let at = 0; at < 36; at++) {
    expect(Math.abs(sampled.values[at]! - wide.cells[at]!)).toBeLessThan(4.5 * sampled.standardErrors[at]! + 1e-9)
  }
  expect(exact.some(value => value !== 0)).toBe(true)
})

it('refuses cells that do not fill the map or are not finite', () => {
  expect(() => banzhafPairs({ ...map(sumOfCells), rows: 3 })).toThrow(/16 cells do not fill 3 by 4/)
  const broken = { ...map(sumOfCells), cells: cells.map((cell, at) => (at === 6 ? NaN : cell)) }
  expect(() => tokenGame(broken)).toThrow(/cell \[1, 2\] of the map is NaN/)
})
