import type { EncodedTable } from '../data/table/encoded.ts'
import type { Feed, Program } from '../engine/index.ts'
import { fieldsOf, outputWidth, type TableSpec } from '../nn/index.ts'

/** Rows of one evaluation run. */
const evaluationRows = 4096

/** The output `logits` of a program on every row, [rows, output width]; `given` is fed beside the rows. */
export async function rowLogits(
  program: Program,
  spec: TableSpec,
  table: EncodedTable,
  given: Readonly<Record<string, Feed>> = {},
  signal?: AbortSignal,
): Promise<Float32Array> {
  const width = outputWidth(spec)
  const result = new Float32Array(table.rows * width)
  for (let start = 0; start < table.rows; start += evaluationRows) {
    signal?.throwIfAborted()
    const end = Math.min(start + evaluationRows, table.rows)
    const { logits } = await program.run({ ...rowFeeds(spec, table, start, end), ...given })
    result.set(logits!.data as Float32Array, start * width)
  }
  return result
}

/** Views of consecutive rows as feeds: nothing is copied. */
export function rowFeeds(spec: TableSpec, table: EncodedTable, start: number, end: number): Record<string, Feed> {
  const feeds: Record<string, Feed> = {}
  const categorical = fieldsOf(spec, 'categorical').length
  const numeric = fieldsOf(spec, 'numeric').length
  if (categorical > 0) feeds.categorical = table.categorical.subarray(start * categorical, end * categorical)
  if (numeric > 0) feeds.numeric = table.numeric.subarray(start * numeric, end * numeric)
  for (const { field, length, ids } of table.sequences)
    feeds[`sequence.${field}`] = ids.subarray(start * length, end * length)
  return feeds
}
