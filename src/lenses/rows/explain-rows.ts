import { InterplayError } from '../../errors/index.ts'
import { normalInterval } from '../../metrics/index.ts'
import { rowsIn } from '../columns.ts'
import { endingOf, type Ending } from '../ending.ts'
import { computeIndex, type EstimatorName } from '../games/estimate.ts'
import { indexDefinition, type IndexName } from '../games/indices.ts'
import type { Columns, Predictor } from '../predictor.ts'
import { imputerOf, type ImputerName } from './imputer.ts'
import { rowGame } from './row-game.ts'

/** An ending comes between rows; the first row has none to come after, so that `stop` rejects there. */
export interface ExplainRowsOptions extends Ending {
  index?: IndexName
  /** Largest set that gets a value. */
  order?: number
  /** Predictions to spend, over all rows. */
  budget?: number
  imputer?: ImputerName
  /** Background rows of the marginal imputer, for each row. */
  background?: number
  estimator?: EstimatorName
  output?: number
  seed?: number
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

/** One set of fields: its index in one row, or averaged over rows. */
export interface SetIndex {
  set: string[]
  order: number
  value: number
  /** 95%: of the estimate in one row, of the mean over rows; null where the value is exact. */
  low: number | null
  high: number | null
  /** Mean |value| over the rows. */
  magnitude: number
}

export interface RowsIndex {
  index: IndexName
  order: number
  sets: SetIndex[]
  /** Mean answer with all fields absent, and with all present. */
  baseline: number
  full: number
  /** Every coalition of every row was evaluated. */
  exact: boolean
  imputer: ImputerName
  background: number
  rows: number
  predictions: number
  seed: number
  complete: boolean
}

/** Players whose coalitions are all evaluated where no budget is given. */
export const exactPlayers = 12

/** What explaining would cost: coalitions a row, background rows each, predictions in all. */
export interface CostPreview {
  rows: number
  coalitions: number
  background: number
  predictions: number
  exact: boolean
}

/**
 * How a budget of predictions is spent on rows: all coalitions where it reaches; else as many coalitions as it buys with
 * the background asked for, and with fewer background rows where that would be too few to estimate from.
 */
export function previewRows(
  players: number,
  rows: number,
  { budget, background = 100, imputer = 'marginal' }: Pick<ExplainRowsOptions, 'budget' | 'background' | 'imputer'>,
): CostPreview {
  const each = imputer === 'baseline' ? 1 : background
  const all = players < 30 ? 2 ** players : Infinity
  const cost = (coalitions: number, size: number): CostPreview => ({
    rows,
    coalitions,
    background: size,
    predictions: rows * coalitions * size,
    exact: coalitions === all,
  })
  if (budget === undefined) return cost(players <= exactPlayers ? all : 4096, each)
  const least = Math.min(all, 8 * (players + 1))
  const size = Math.max(1, Math.min(each, Math.floor(budget / rows / least)))
  return cost(Math.min(all, Math.max(least, Math.floor(budget / rows / size))), size)
}

/**
 * An interaction index of one row, or its mean over several: an index is linear, so that the mean is the index of the mean
 * game. Background rows are drawn anew for each row. The same seed gives the same numbers.
 *
 * @throws InterplayError `data/empty`, `option/invalid`, `predictor/answer`
 */
export async function explainRows(
  predictor: Predictor,
  explained: Columns,
  background: Columns,
  options: ExplainRowsOptions = {},
): Promise<RowsIndex> {
  const { index = 'SII', imputer = 'marginal', estimator, output, seed = 1, signal, stop } = options
  const rows = rowsIn(explained)
  if (rows === 0) throw new InterplayError('data/empty', 'there is no row to explain')
  const order = indexDefinition(index).most ?? options.order ?? 2
  const plan = previewRows(predictor.fields.length, rows, options)
  const over = endingOf(options)
  const atOnce = AbortSignal.any([signal, stop].filter(each => each !== undefined))
  const collected = new Means()
  let [done, exact, predictions] = [0, true, 0]
  const ends = [0, 0]
  let single: Float64Array | undefined
  for (let r = 0; r < rows; r++) {
    if (r > 0 && over()) break
    const drawn = imputerOf(predictor, background, { name: imputer, rows: plan.background, seed: seed + r })
    const game = rowGame(
      predictor,
      explained.map(column => column[r]!),
      drawn,
      { output },
    )
    const result = await computeIndex(game, {
      index,
      order,
      budget: plan.coalitions,
      estimator,
      seed: seed + r,
      signal: r === 0 ? atOnce : signal,
    })
    collected.add(result.sets, result.values)
    if (rows === 1) single = result.standardErrors
    exact &&= result.exact
    predictions += result.calls * rowsIn(drawn.background)
    ends[0]! += result.baseline
    ends[1]! += result.full
    done++
    options.onProgress?.({ done, total: rows })
  }
  const names = predictor.fields.map(field => field.name)
  const sets = collected.sets.map((set, k): SetIndex => {
    const { value, standardError, magnitude } = collected.at(k)
    const error = single ? single[k]! : standardError
    const certain = single !== undefined && exact
    const { low, high } = normalInterval(value, error)
    const bounds = certain || !Number.isFinite(error) ? { low: null, high: null } : { low, high }
    return { set: set.map(p => names[p]!), order: set.length, value, ...bounds, magnitude }
  })
  return {
    index,
    order,
    sets: sets.filter(({ set }) => set.length > 0),
    baseline: ends[0]! / done,
    full: ends[1]! / done,
    exact,
    imputer,
    background: imputer === 'baseline' ? 1 : Math.min(plan.background, rowsIn(background)),
    rows: done,
    predictions,
    seed,
    complete: done === rows,
  }
}

/** Running means of the values of sets. */
class Means {
  sets: readonly (readonly number[])[] = []
  private count = 0
  private means = new Float64Array()
  private squares = new Float64Array()
  private sizes = new Float64Array()

  add(sets: readonly (readonly number[])[], values: Float64Array): void {
    if (this.count++ === 0) {
      this.sets = sets
      this.means = new Float64Array(values.length)
      this.squares = new Float64Array(values.length)
      this.sizes = new Float64Array(values.length)
    }
    values.forEach((value, k) => {
      const change = value - this.means[k]!
      this.means[k]! += change / this.count
      this.squares[k]! += change * (value - this.means[k]!)
      this.sizes[k]! += Math.abs(value)
    })
  }

  at(k: number) {
    return {
      value: this.means[k]!,
      standardError: Math.sqrt(this.squares[k]! / (this.count - 1) / this.count),
      magnitude: this.sizes[k]! / this.count,
    }
  }
}
