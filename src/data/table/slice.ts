import { taken } from '../taken.ts'
import type { EncodedTable } from './encoded.ts'

/** Rows `from` to `to` (exclusive) of a table, as views on its arrays. */
export function sliceTable(table: EncodedTable, from: number, to: number): EncodedTable {
  const range = <T extends Int32Array | Float32Array>(array: T, width: number) =>
    array.subarray(from * width, to * width) as T
  const widthOf = (array: { length: number }) => (table.rows > 0 ? array.length / table.rows : 0)
  return {
    rows: to - from,
    categorical: range(table.categorical, widthOf(table.categorical)),
    numeric: range(table.numeric, widthOf(table.numeric)),
    sequences: table.sequences.map(sequence => ({ ...sequence, ids: range(sequence.ids, sequence.length) })),
    targets: table.targets.map(target => range(target, 1)),
    ...(table.group ? { group: range(table.group, 1) } : {}),
    rowNumber: range(table.rowNumber, 1),
  }
}

/** The rows at these places, in their order, as copies. */
export function takeRows(table: EncodedTable, places: ArrayLike<number>): EncodedTable {
  const rows = <T extends Int32Array | Float32Array>(array: T): T =>
    taken(array, table.rows > 0 ? array.length / table.rows : 0, places)
  return {
    rows: places.length,
    categorical: rows(table.categorical),
    numeric: rows(table.numeric),
    sequences: table.sequences.map(sequence => ({ ...sequence, ids: rows(sequence.ids) })),
    targets: table.targets.map(rows),
    ...(table.group ? { group: rows(table.group) } : {}),
    rowNumber: rows(table.rowNumber),
  }
}
