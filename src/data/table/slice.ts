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
  const taken = <T extends Int32Array | Float32Array>(array: T): T => {
    const width = table.rows > 0 ? array.length / table.rows : 0
    const result = new (array.constructor as new (length: number) => T)(places.length * width)
    for (let i = 0; i < places.length; i++)
      result.set(array.subarray(places[i]! * width, (places[i]! + 1) * width), i * width)
    return result
  }
  return {
    rows: places.length,
    categorical: taken(table.categorical),
    numeric: taken(table.numeric),
    sequences: table.sequences.map(sequence => ({ ...sequence, ids: taken(sequence.ids) })),
    targets: table.targets.map(taken),
    ...(table.group ? { group: taken(table.group) } : {}),
    rowNumber: taken(table.rowNumber),
  }
}
