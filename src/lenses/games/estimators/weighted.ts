import { setsOfSize } from '../bits.ts'
import { choose, valueCoefficients } from '../coefficients.ts'
import type { CachedGame } from '../game.ts'
import { sizesOf } from '../indices.ts'
import type { EstimateOptions, Estimator, IndexEstimate } from './estimate.ts'
import { allocate, drawCoalitions, readMembers, sizeImportance, type Draw } from './sampling.ts'

export interface WeightedOptions {
  /** Weight the mean of each way a coalition can meet a set by its known share, rather than by its luck in the draw. */
  stratify: boolean
}

/**
 * The weighted sum over coalitions that an index is, estimated size by size from the drawn ones. With `stratify`, the
 * coalitions of a size are further parted by their members within the set, for each set anew, from the same values.
 */
export function weightedSum(
  draw: Draw,
  values: Float64Array,
  options: Pick<EstimateOptions, 'index' | 'order'>,
  { stratify }: WeightedOptions,
): IndexEstimate {
  const { players } = draw
  const [least, most] = sizesOf(options.index, Math.min(options.order, players))
  const sets = setsOfSize(players, least, most)
  const tables = Array.from({ length: most + 1 }, (_, s) =>
    s < least ? new Float64Array() : valueCoefficients(options.index, s, players, most),
  )
  const estimate = { sets, values: new Float64Array(sets.length), standardErrors: new Float64Array(sets.length) }
  const patterns = 1 << most
  const counts = new Float64Array(sets.length * patterns)
  const sums = new Float64Array(sets.length * patterns)
  const squares = new Float64Array(sets.length * patterns)
  const present = new Uint8Array(players)
  for (const { size, total, complete, start, end } of draw.sizes) {
    counts.fill(0)
    sums.fill(0)
    squares.fill(0)
    for (let row = start; row < end; row++) {
      readMembers(draw.coalitions, row, present)
      const value = values[row]!
      for (let k = 0; k < sets.length; k++) {
        const set = sets[k]!
        let pattern = 0
        for (let i = 0; i < set.length; i++) pattern |= present[set[i]!]! << i
        const cell = k * patterns + pattern
        counts[cell]!++
        sums[cell]! += value
        squares[cell]! += value * value
      }
    }
    const block = { size, total, complete, drawn: end - start, players }
    sets.forEach((set, k) => {
      const part = (list: Float64Array) => list.subarray(k * patterns, k * patterns + (1 << set.length))
      const add = stratify && !complete ? addStratified : addTogether
      const [value, variance] = add(block, set.length, tables[set.length]!, part(counts), part(sums), part(squares))
      estimate.values[k]! += value
      estimate.standardErrors[k]! += variance
    })
  }
  estimate.standardErrors.forEach((variance, k) => (estimate.standardErrors[k] = Math.sqrt(Math.max(0, variance))))
  return estimate
}

interface Block {
  size: number
  total: number
  complete: boolean
  drawn: number
  players: number
}

type Contribution = (
  block: Block,
  set: number,
  table: Float64Array,
  counts: Float64Array,
  sums: Float64Array,
  squares: Float64Array,
) => [value: number, variance: number]

const bitsIn = (pattern: number) => {
  let bits = 0
  for (let rest = pattern; rest; rest &= rest - 1) bits++
  return bits
}

/** Total times the mean of coefficient x value over all coalitions of the size (SHAP-IQ, Fumagalli et al. 2023). */
const addTogether: Contribution = ({ size, total, drawn, complete }, set, table, counts, sums, squares) => {
  let [sum, square] = [0, 0]
  for (let pattern = 0; pattern < counts.length; pattern++) {
    const coefficient = table[size * (set + 1) + bitsIn(pattern)]!
    sum += coefficient * sums[pattern]!
    square += coefficient ** 2 * squares[pattern]!
  }
  if (complete) return [sum, 0]
  const mean = sum / drawn
  const spread = (square - drawn * mean ** 2) / (drawn - 1)
  return [total * mean, (total * (total - drawn) * spread) / drawn]
}

/** One mean for each subset of S that the coalitions hold (SVARM-IQ, Kolpaczki et al. 2024). */
const addStratified: Contribution = ({ size, players, drawn }, set, table, counts, sums, squares) => {
  const all = (list: Float64Array) => list.reduce((a, b) => a + b, 0)
  const mean = all(sums) / drawn
  const spread = Math.max(0, (all(squares) - drawn * mean ** 2) / Math.max(1, drawn - 1))
  let [value, variance] = [0, 0]
  for (let pattern = 0; pattern < counts.length; pattern++) {
    const shared = bitsIn(pattern)
    const stratum = choose(players - set, size - shared)
    if (stratum === 0) continue
    const scale = table[size * (set + 1) + shared]! * stratum
    const count = counts[pattern]!
    const own = count > 0 ? sums[pattern]! / count : mean
    value += scale * own
    const ownSpread = count > 1 ? Math.max(0, (squares[pattern]! - count * own ** 2) / (count - 1)) : spread
    variance += scale ** 2 * (count > 0 ? ((1 - count / stratum) * ownSpread) / count : ownSpread)
  }
  return [value, variance]
}

/** Draws coalitions for an index and evaluates them. */
export async function evaluateDraw(
  game: CachedGame,
  { index, order, budget, seed, signal }: EstimateOptions,
): Promise<{ draw: Draw; values: Float64Array; importance: Float64Array }> {
  const players = game.players.length
  const importance = sizeImportance(index, players, Math.min(order, players))
  const draw = drawCoalitions(players, allocate(importance, budget), seed)
  return { draw, values: await game.evaluate(draw.coalitions, signal), importance }
}

const estimator =
  (how: WeightedOptions): Estimator =>
  async (game, options) => {
    const { draw, values } = await evaluateDraw(game, options)
    const baseline = values[0]!
    const centred = values.map(value => value - baseline)
    return weightedSum(draw, centred, options, how)
  }

/**
 * On sparse games of 12 players at a quarter of the coalitions it halves the squared error of permutation sampling for
 * single players, and has the same error for pairs.
 */
export const shapIq = estimator({ stratify: false })
export const stratified = estimator({ stratify: true })
