import { rowsIn, takeRows, typicalValue } from '../columns.ts'
import { partialMeasures } from '../partial/index.ts'
import type { Columns, Predictor } from '../predictor.ts'
import { explainRows } from '../rows/index.ts'

export interface TopPair {
  set: [string, string]
  /** Share of the variance of the joint effect that is interaction. */
  h: { value: number; low: number; high: number }
  /** Faithful Banzhaf interaction index, its mean over rows. */
  banzhaf: number
}

/** Rows that indices are averaged over. */
const indexRows = 10
const measureBudget = 30_000

/**
 * How pairs of a few columns interact in a model while all its other columns stand at their typical value: the H-statistic and
 * the faithful Banzhaf index.
 */
export async function topInteractions(
  predictor: Predictor,
  columns: Columns,
  top: readonly number[],
  { rows, output = 0, seed = 1, signal }: { rows: Int32Array; output?: number; seed?: number; signal?: AbortSignal },
): Promise<{ pairs: TopPair[]; predictions: number }> {
  if (top.length < 2) return { pairs: [], predictions: 0 }
  const typical = columns.map((column, c) => typicalValue(column, predictor.fields[c]!.type))
  const place = new Map(top.map((c, k) => [c, k]))
  const few: Predictor = {
    name: predictor.name,
    fields: top.map(c => predictor.fields[c]!),
    output: predictor.output,
    batch: predictor.batch,
    predict: (given, inside) =>
      predictor.predict(
        typical.map((value, c) => {
          const k = place.get(c)
          return k === undefined ? new Float64Array(rowsIn(given)).fill(value) : given[k]!
        }),
        inside,
      ),
  }
  const own = takeRows(
    top.map(c => columns[c]!),
    rows,
  )
  const measured = await partialMeasures(few, own, { budget: measureBudget, output, seed, signal })
  const some = own.map(column => column.subarray(0, indexRows))
  const indices = await explainRows(few, some, own, {
    index: 'FBII',
    order: 2,
    imputer: 'baseline',
    output,
    seed,
    signal,
  })
  const banzhaf = new Map(indices.sets.map(({ set, value }) => [set.join('\0'), value]))
  const pairs = measured.pairs.map(({ set, h }) => ({
    set: set as [string, string],
    h,
    banzhaf: banzhaf.get(set.join('\0')) ?? 0,
  }))
  return {
    pairs: pairs.sort((a, b) => Math.abs(b.banzhaf) - Math.abs(a.banzhaf)),
    predictions: measured.predictions + indices.predictions,
  }
}
