import { sliceTable, type EncodedTable } from '../data/index.ts'
import { quantileOfSorted } from '../metrics/index.ts'
import type { TableAnswerer } from '../system/index.ts'

/** Answers before the first that is timed, and those timed. */
const [unmeasured, measured] = [10, 100]

/** Median seconds in which a model answers one row in this process, of the table's rows in turn. */
export async function answerLatency(model: TableAnswerer, table: EncodedTable, signal?: AbortSignal): Promise<number> {
  const seconds = new Float64Array(measured)
  for (let i = -unmeasured; i < measured; i++) {
    const at = (i + unmeasured) % table.rows
    const row = sliceTable(table, at, at + 1)
    const before = performance.now()
    await model.logits(row, signal)
    if (i >= 0) seconds[i] = (performance.now() - before) / 1000
  }
  return quantileOfSorted(seconds.sort(), 0.5)
}
