import { rowsIn } from '../columns.ts'
import type { Columns, Predictor } from '../predictor.ts'

/** Answers of rows in which some cells come from another row of the same rows. */
export interface Replaced {
  rows: number
  /** [rows] of the rows as they are. */
  answers: Float64Array
  /** [donor, row], row-major: row's answer with the cells of the set taken from the donor. */
  of(set: readonly number[]): Promise<Float64Array>
}

export interface ReplacedOptions {
  output?: number
  signal?: AbortSignal
  /** Told the predictions made. */
  onRequest?: (predictions: number) => void
}

/** Every row with the cells of every other: rows^2 predictions a set, in requests of the predictor's size. */
export async function replacedAnswers(
  predictor: Predictor,
  columns: Columns,
  { output = 0, signal, onRequest }: ReplacedOptions = {},
): Promise<Replaced> {
  const rows = rowsIn(columns)
  const outputs = predictor.output.names.length
  const own = async (asked: Columns): Promise<Float64Array> => {
    signal?.throwIfAborted()
    const answers = await predictor.predict(asked, signal)
    onRequest?.(rowsIn(asked))
    return outputs === 1
      ? answers
      : Float64Array.from({ length: rowsIn(asked) }, (_, r) => answers[r * outputs + output]!)
  }
  const donorsAtOnce = Math.max(1, Math.floor((predictor.batch ?? 8192) / rows))
  const of = async (set: readonly number[]) => {
    const result = new Float64Array(rows * rows)
    for (let first = 0; first < rows; first += donorsAtOnce) {
      const donors = Math.min(donorsAtOnce, rows - first)
      const asked = columns.map((column, f) => {
        const filled = new Float64Array(donors * rows)
        for (let d = 0; d < donors; d++)
          if (set.includes(f)) filled.fill(column[first + d]!, d * rows, (d + 1) * rows)
          else filled.set(column, d * rows)
        return filled
      })
      result.set(await own(asked), first * rows)
    }
    return result
  }
  return { rows, answers: await own(columns), of }
}

/** Mean over the rows that were changed: the partial dependence on the set, at each donor's cells. */
export const overRows = (replaced: Float64Array, rows: number) =>
  new Float64Array(rows).map((_, d) => mean(replaced.subarray(d * rows, (d + 1) * rows)))

/** Mean over the donors: the partial dependence on all but the set, at each row's other cells. */
export function overDonors(replaced: Float64Array, rows: number): Float64Array {
  const means = new Float64Array(rows)
  for (let d = 0; d < rows; d++) for (let r = 0; r < rows; r++) means[r]! += replaced[d * rows + r]! / rows
  return means
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let k = 0; k < values.length; k++) sum += values[k]!
  return sum / values.length
}

export function centred(values: Float64Array): Float64Array {
  const middle = mean(values)
  return values.map(value => value - middle)
}
