import type { Columns } from './predictor.ts'

export const rowsIn = (columns: Columns): number => columns[0]?.length ?? 0

/** Rows by index, in that order. */
export const takeRows = (columns: Columns, rows: ArrayLike<number>): Float64Array[] =>
  columns.map(column => Float64Array.from(rows, row => column[row]!))

/** The middle of a numeric column, the commonest code of a categorical one. */
export function typicalValue(column: Float64Array, type: 'numeric' | 'categorical'): number {
  if (type === 'numeric') return column.slice().sort()[(column.length - 1) >> 1]!
  const counts = new Map<number, number>()
  for (const code of column) counts.set(code, (counts.get(code) ?? 0) + 1)
  let best = column[0]!
  for (const [code, count] of counts) {
    const most = counts.get(best)!
    if (count > most || (count === most && code < best)) best = code
  }
  return best
}
