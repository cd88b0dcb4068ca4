import type { Database } from './database.ts'
import { itemsOf, scatter, type Placement } from './rows.ts'

/** Raw numbers of several columns are held within this many bytes at a time. */
const most = 256e6

/** Reads numeric columns a few at a time, each whole and in slot order; NaN is a missing value. */
export async function* readNumbers(
  database: Database,
  placement: Placement,
  columns: readonly string[],
  rows: number,
  onRows: (rows: number) => void = () => {},
): AsyncGenerator<Float64Array> {
  const together = Math.max(1, Math.floor(most / (8 * rows)))
  for (let at = 0; at < columns.length; at += together) {
    const group = columns.slice(at, at + together)
    const raw = group.map(() => new Float64Array(rows))
    const list = group.map(column => `coalesce(rows.${column}, 'nan'::DOUBLE)`).join(', ')
    const sql = `SELECT ${placement.key}::UINTEGER, ${list} FROM ${placement.from} ${placement.where}`
    for await (const chunk of database.stream(sql)) {
      const keys = itemsOf(chunk, 0)
      raw.forEach((values, k) => scatter(values, 1, 0, itemsOf(chunk, k + 1), keys, placement))
      onRows(keys.length)
    }
    yield* raw
  }
}
