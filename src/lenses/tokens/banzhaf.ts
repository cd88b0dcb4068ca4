import { InterplayError } from '../../errors/index.ts'
import { Random } from '../../random/index.ts'
import type { Game } from '../games/game.ts'
import type { Payoff } from './payoff.ts'

/** Cells of rows and columns: how alike each word and each frame are. */
export interface TokenMap {
  rows: number
  columns: number
  /** [rows, columns] */
  cells: ArrayLike<number>
  payoff: Payoff
}

export const pairRules = ['ordinary', 'merged'] as const

/**
 * What a pair brings to a coalition: `ordinary`, its row and its column with all cells; `merged`, as one player, its own cell
 * alone.
 */
export type PairRule = (typeof pairRules)[number]

export interface BanzhafOptions {
  rule?: PairRule
  /** Coalitions drawn for each pair where there are too many to take all. Default 1000. */
  samples?: number
  /** Tokens, rows and columns together, up to which all coalitions are taken. Default 12. */
  exactTokens?: number
  seed?: number
  signal?: AbortSignal
}

export interface PairInteractions {
  /** [rows, columns] */
  values: Float64Array
  exact: boolean
  /** Standard errors of what was sampled, 0 where exact. */
  standardErrors: Float64Array
}

/** Most tokens whose coalitions are all taken unless more are asked for. */
const mostExactTokens = 12

/**
 * Banzhaf interaction of each row with each column: the mean over coalitions S of the others of v(S + ij) - v(S + i) - v(S + j)
 * + v(S), each member of S there with probability 1/2.
 *
 * @throws InterplayError `shape/mismatch`, `data/not-finite`
 */
export function banzhafPairs(map: TokenMap, options: BanzhafOptions = {}): PairInteractions {
  const { rule = 'ordinary', samples = 1000, exactTokens = mostExactTokens, seed = 1, signal } = options
  const { rows, columns } = map
  checkMap(map)
  const others = rows + columns - 2
  const exact = rows + columns <= exactTokens
  const random = new Random(seed, 'banzhaf')
  const values = new Float64Array(rows * columns)
  const standardErrors = new Float64Array(rows * columns)
  const count = exact ? 2 ** others : samples
  const coalition = { rows: new Uint8Array(rows), columns: new Uint8Array(columns) }
  const gain = gainsOf(map, rule)
  for (let at = 0; at < values.length; at++) {
    signal?.throwIfAborted()
    const pair = [Math.floor(at / columns), at % columns] as const
    let [sum, squares] = [0, 0]
    for (let k = 0; k < count; k++) {
      if (exact) choose(coalition, pair, k)
      else draw(coalition, pair, random)
      const brought = gain(coalition, pair)
      sum += brought
      squares += brought * brought
    }
    values[at] = sum / count
    if (!exact) standardErrors[at] = Math.sqrt(Math.max(0, squares / count - values[at]! ** 2) / (count - 1))
  }
  return { values, exact, standardErrors }
}

/** The tokens as players of a game, rows first: every index of the games' library can be had of it. */
export function tokenGame(map: TokenMap): Game {
  checkMap(map)
  const { rows, columns } = map
  const worth = worthOf(map)
  const players = [...range(rows).map(r => `row ${r + 1}`), ...range(columns).map(c => `column ${c + 1}`)]
  return {
    players,
    evaluate: async coalitions =>
      Float64Array.from(coalitions, mask => {
        const there = (p: number) => (mask >>> p) & 1
        return worth({
          rows: Uint8Array.from({ length: rows }, (_, r) => there(r)),
          columns: Uint8Array.from({ length: columns }, (_, c) => there(rows + c)),
        })
      }),
  }
}

interface Coalition {
  rows: Uint8Array
  columns: Uint8Array
}
type Pair = readonly [row: number, column: number]

/** What the pair brings to a coalition without it, which is left as it was. */
function gainsOf(map: TokenMap, rule: PairRule): (coalition: Coalition, pair: Pair) => number {
  const worth = worthOf(map)
  return (coalition, [i, j]) => {
    const { rows, columns } = coalition
    const neither = worth(coalition)
    rows[i] = 1
    const row = worth(coalition)
    columns[j] = 1
    const both = worth(coalition, rule === 'merged' ? [i, j] : undefined)
    rows[i] = 0
    const column = worth(coalition)
    columns[j] = 0
    return both - row - column + neither
  }
}

/** What coalitions of a map's tokens are worth. A merged pair shows neither its row nor its column to the others. */
function worthOf({ columns: width, cells, payoff }: TokenMap): (coalition: Coalition, merged?: Pair) => number {
  const all = Float64Array.from(cells)
  const alone = Float64Array.from(cells)
  return ({ rows, columns }, merged) => {
    if (!merged) return payoff(all, rows, columns)
    const [i, j] = merged
    alone.fill(-Infinity, i * width, (i + 1) * width)
    for (let at = j; at < alone.length; at += width) alone[at] = -Infinity
    const own = i * width + j
    alone[own] = all[own]!
    const worth = payoff(alone, rows, columns)
    for (let at = i * width; at < (i + 1) * width; at++) alone[at] = all[at]!
    for (let at = j; at < alone.length; at += width) alone[at] = all[at]!
    return worth
  }
}

/** Makes it the k-th of all coalitions without the pair. */
function choose({ rows, columns }: Coalition, [i, j]: Pair, k: number): void {
  let bit = 0
  for (let r = 0; r < rows.length; r++) rows[r] = r === i ? 0 : (k >>> bit++) & 1
  for (let c = 0; c < columns.length; c++) columns[c] = c === j ? 0 : (k >>> bit++) & 1
}

function draw({ rows, columns }: Coalition, [i, j]: Pair, random: Random): void {
  drawSide(rows, i, random)
  drawSide(columns, j, random)
}

/** Each member there with probability 1/2 but for one, which is not. */
function drawSide(side: Uint8Array, without: number, random: Random): void {
  let bits = 0
  for (let k = 0; k < side.length; k++) {
    bits = k % 32 === 0 ? random.next() : bits >>> 1
    side[k] = bits & 1
  }
  side[without] = 0
}

function checkMap({ rows, columns, cells }: TokenMap): void {
  if (cells.length !== rows * columns)
    throw new InterplayError('shape/mismatch', `${cells.length} cells do not fill ${rows} by ${columns} tokens`)
  for (let at = 0; at < cells.length; at++) {
    if (Number.isFinite(cells[at])) continue
    const place = `[${Math.floor(at / columns)}, ${at % columns}]`
    throw new InterplayError('data/not-finite', `cell ${place} of the map is ${cells[at]}`)
  }
}

const range = (count: number) => Array.from({ length: count }, (_, k) => k)
