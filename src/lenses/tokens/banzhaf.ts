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
  for (let at = 0; at < values.length; at++) {
    signal?.throwIfAborted()
    const pair = [Math.floor(at / columns), at % columns] as const
    let [sum, squares] = [0, 0]
    for (let k = 0; k < count; k++) {
      const gain = gainOf(map, pair, exact ? chosen(map, pair, k) : drawn(map, pair, random), rule)
      sum += gain
      squares += gain * gain
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
  const players = [...range(rows).map(r => `row ${r + 1}`), ...range(columns).map(c => `column ${c + 1}`)]
  return {
    players,
    evaluate: async coalitions =>
      Float64Array.from(coalitions, mask => {
        const there = (p: number) => (mask >>> p) & 1
        return worth(map, {
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

function gainOf(map: TokenMap, [i, j]: Pair, coalition: Coalition, rule: PairRule): number {
  const { rows, columns } = coalition
  const withRow = { rows: set(rows, i), columns }
  const withColumn = { rows, columns: set(columns, j) }
  const both = { rows: withRow.rows, columns: withColumn.columns }
  const together = worth(map, both, rule === 'merged' ? [i, j] : undefined)
  return together - worth(map, withRow) - worth(map, withColumn) + worth(map, coalition)
}

/** A merged pair shows neither its row nor its column to the others. */
function worth({ columns: width, cells, payoff }: TokenMap, { rows, columns }: Coalition, merged?: Pair): number {
  const present = Float64Array.from(cells, (cell, at) => {
    const [r, c] = [Math.floor(at / width), at % width]
    if (!rows[r] || !columns[c]) return -Infinity
    return merged && (r === merged[0]) !== (c === merged[1]) ? -Infinity : cell
  })
  return payoff(present, rows, columns)
}

const set = (members: Uint8Array, member: number): Uint8Array => {
  const more = members.slice()
  more[member] = 1
  return more
}

/** The k-th of all coalitions without the pair. */
function chosen({ rows, columns }: TokenMap, [i, j]: Pair, k: number): Coalition {
  let bit = 0
  const next = (own: number, left: number) => (own === left ? 0 : (k >>> bit++) & 1)
  return {
    rows: Uint8Array.from({ length: rows }, (_, r) => next(r, i)),
    columns: Uint8Array.from({ length: columns }, (_, c) => next(c, j)),
  }
}

function drawn({ rows, columns }: TokenMap, [i, j]: Pair, random: Random): Coalition {
  const next = (own: number, left: number) => (own === left ? 0 : random.integer(2))
  return {
    rows: Uint8Array.from({ length: rows }, (_, r) => next(r, i)),
    columns: Uint8Array.from({ length: columns }, (_, c) => next(c, j)),
  }
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
