import { Random } from '../../random/index.ts'
import type { Columns, Predictor } from '../predictor.ts'

export interface MadeRows {
  /** By place in `moved` the cells of the rows. */
  cells: Float64Array[]
  /** What the model answers, as the predictor gives it. */
  raw: Float64Array
}

/** Cells of one request, at most. */
const mostCells = 4_000_000
/** Share of the cells that come from another row. */
const smeared = 0.5

/**
 * More rows for a surrogate to learn from, since a model answers any row: rows drawn from those given, of whose `moved` columns
 * half of the cells come from other rows (Breiman and Shang's born-again trees, 1996).
 */
export async function madeRows(
  predictor: Predictor,
  columns: Columns,
  from: Int32Array,
  moved: readonly number[],
  { count, seed, signal }: { count: number; seed: number; signal?: AbortSignal },
): Promise<MadeRows> {
  const random = new Random(seed, 'rules.made')
  const place = new Map(moved.map((c, k) => [c, k]))
  const cells = moved.map(() => new Float64Array(count))
  const raw = new Float64Array(count * predictor.output.names.length)
  const chunk = Math.max(1, Math.floor(mostCells / columns.length))
  const drawn = () => from[random.integer(from.length)]!
  for (let start = 0; start < count; start += chunk) {
    signal?.throwIfAborted()
    const rows = Int32Array.from({ length: Math.min(chunk, count - start) }, drawn)
    for (const [k, c] of moved.entries())
      rows.forEach((row, r) => {
        cells[k]![start + r] = columns[c]![random.uniform() < smeared ? drawn() : row]!
      })
    const asked = columns.map((column, c) => {
      const k = place.get(c)
      if (k !== undefined) return cells[k]!.subarray(start, start + rows.length)
      return Float64Array.from(rows, row => column[row]!)
    })
    raw.set(await predictor.predict(asked, signal), start * predictor.output.names.length)
  }
  return { cells, raw }
}
