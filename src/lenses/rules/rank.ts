import { Random } from '../../random/index.ts'
import { rowsIn } from '../columns.ts'
import type { Columns, Predictor } from '../predictor.ts'
import { throttle } from '../progress.ts'
import { correlatedBins } from './bins.ts'

export interface RankOptions {
  /** Permutations averaged over. */
  repeats?: number
  /** Resamples of the rows that say how stable the order is. */
  resamples?: number
  /** Columns looked at one by one; where there are more, bins of correlated columns are shuffled first and the strongest kept. */
  candidates?: number
  /** Columns that take no part. */
  without?: ReadonlySet<number>
  /** Rankings of the model's own, such as attention: a value a column. */
  own?: readonly { name: string; values: ArrayLike<number> }[]
  seed?: number
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface ColumnRanking {
  /** Columns looked at one by one, first the one whose mean rank is best. */
  order: number[]
  /** Mean squared change of the answers when the column is shuffled, by column; 0 where it was not looked at alone. */
  effect: Float64Array
  /** The order by each measure alone. */
  methods: { name: string; order: number[] }[]
  /** The order on resampled rows. */
  resampled: number[][]
  predictions: number
}

/** Columns of a bin. */
const binSize = 10

/**
 * Orders columns by how far a model's answers move when they are shuffled and when they are moved by a standard deviation
 * either way, and by rankings of the model's own: the mean of the ranks counts (Borda). The same shuffles serve all columns.
 */
export async function rankColumns(
  predictor: Predictor,
  columns: Columns,
  options: RankOptions = {},
): Promise<ColumnRanking> {
  const { repeats = 3, resamples = 10, candidates = 300, without, own = [], seed = 1, signal } = options
  const rows = rowsIn(columns)
  const varying = [...columns.keys()].filter(c => !without?.has(c) && columns[c]!.some(cell => cell !== columns[c]![0]))
  const asking = new Asking(predictor, columns, signal)
  const before = await asking.answers(columns)
  const shuffles = Array.from({ length: repeats }, (_, r) => new Random(seed, 'rules.shuffle', r).permutation(rows))
  const shuffled = (column: number, r: number) =>
    columns[column]!.map((_, row) => columns[column]![shuffles[r]![row]!]!)
  const bins = varying.length > candidates ? correlatedBins(columns, varying, binSize) : []
  const total = bins.length + Math.min(candidates, varying.length) * (repeats + 2)
  const progress = throttle(options.onProgress)
  let done = 0
  const change = async (replaced: ReadonlyMap<number, Float64Array>, into: Float64Array, share: number) => {
    const after = await asking.answers(columns.map((column, c) => replaced.get(c) ?? column))
    asking.addChange(before, after, into, share)
    progress({ done: ++done, total })
  }

  const strength: { bin: number[]; size: number }[] = []
  for (const bin of bins) {
    const changes = new Float64Array(rows)
    await change(new Map(bin.map(c => [c, shuffled(c, 0)])), changes, 1)
    strength.push({ bin, size: mean(changes) })
  }
  const looked = (bins.length > 0 ? strongest(strength, candidates) : varying).sort((a, b) => a - b)

  const [byShuffle, byMove] = [looked.map(() => new Float64Array(rows)), looked.map(() => new Float64Array(rows))]
  for (const [i, c] of looked.entries()) {
    for (let r = 0; r < repeats; r++) await change(new Map([[c, shuffled(c, r)]]), byShuffle[i]!, 1 / repeats)
    const moved = predictor.fields[c]!.type === 'numeric' ? eitherWay(columns[c]!) : [shuffled(c, 0)]
    for (const cells of moved) await change(new Map([[c, cells]]), byMove[i]!, 1 / moved.length)
  }

  const measured = [
    { name: 'shuffling', changes: byShuffle },
    { name: 'one deviation', changes: byMove },
  ]
  const orders = (weights?: Float64Array) => [
    ...measured.map(({ name, changes }) => ({
      name,
      order: ordered(looked, i => mean(changes[i]!, weights)),
    })),
    ...own.map(({ name, values }) => ({ name, order: ordered(looked, i => values[looked[i]!]!) })),
  ]
  const methods = orders()
  const effect = new Float64Array(columns.length)
  looked.forEach((c, i) => (effect[c] = mean(byShuffle[i]!)))
  return {
    order: borda(methods.map(({ order }) => order)),
    effect,
    methods,
    resampled: Array.from({ length: resamples }, (_, b) => {
      const random = new Random(seed, 'rules.resample', b)
      const weights = new Float64Array(rows)
      for (let r = 0; r < rows; r++) weights[random.integer(rows)]!++
      return borda(orders(weights).map(({ order }) => order))
    }),
    predictions: asking.predictions,
  }
}

/** Predictions that ranking costs. */
export const rankingCost = (
  columns: number,
  rows: number,
  { repeats = 3, candidates = 300 }: RankOptions = {},
): number => {
  const bins = columns > candidates ? Math.ceil(columns / binSize) : 0
  return rows * (1 + bins + Math.min(candidates, columns) * (repeats + 2))
}

class Asking {
  predictions = 0

  constructor(
    private readonly predictor: Predictor,
    private readonly columns: Columns,
    private readonly signal?: AbortSignal,
  ) {}

  async answers(columns: Columns): Promise<Float64Array> {
    this.signal?.throwIfAborted()
    this.predictions += rowsIn(this.columns)
    return this.predictor.predict(columns, this.signal)
  }

  /** Adds to each row its squared change over all outputs. */
  addChange(before: Float64Array, after: Float64Array, into: Float64Array, share: number): void {
    const outputs = before.length / into.length
    for (let i = 0; i < before.length; i++) into[Math.floor(i / outputs)]! += share * (after[i]! - before[i]!) ** 2
  }
}

function strongest(bins: readonly { bin: number[]; size: number }[], most: number): number[] {
  const order = [...bins].sort((a, b) => b.size - a.size)
  return order.flatMap(({ bin }) => bin).slice(0, most)
}

/** Mean rank over orders of the same columns, best first; equal ones in their own order. */
export function borda(orders: readonly (readonly number[])[]): number[] {
  const ranks = new Map<number, number>()
  for (const order of orders) order.forEach((c, rank) => ranks.set(c, (ranks.get(c) ?? 0) + rank))
  return [...ranks.keys()].sort((a, b) => ranks.get(a)! - ranks.get(b)! || a - b)
}

const ordered = (columns: readonly number[], value: (i: number) => number): number[] => {
  const values = columns.map((_, i) => value(i))
  return [...columns.keys()].sort((a, b) => values[b]! - values[a]! || a - b).map(i => columns[i]!)
}

function mean(values: Float64Array, weights?: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * (weights?.[i] ?? 1)
  return sum / values.length
}

function eitherWay(cells: Float64Array): Float64Array[] {
  const centre = mean(cells)
  const deviation = Math.sqrt(mean(cells.map(cell => (cell - centre) ** 2)))
  return [deviation, -deviation].map(by => cells.map(cell => cell + by))
}

/** Mean share that two of the orders' first `k` columns have in common of all in either (Jaccard). */
export function stabilityOf(orders: readonly (readonly number[])[], k: number): number {
  const tops = orders.map(order => new Set(order.slice(0, k)))
  let [sum, pairs] = [0, 0]
  for (const [i, a] of tops.entries())
    for (const b of tops.slice(i + 1)) {
      const both = [...a].filter(c => b.has(c)).length
      sum += both / (a.size + b.size - both)
      pairs++
    }
  return pairs === 0 ? 1 : sum / pairs
}
