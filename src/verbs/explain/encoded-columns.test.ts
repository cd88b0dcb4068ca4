import { expect, it } from 'vitest'
import type { EncodedTable } from '../../data/index.ts'
import { EncodedColumns } from './encoded-columns.ts'

const columns = () =>
  new EncodedColumns([
    { name: 'colour', type: 'categorical', size: 3 },
    { name: 'seen', type: 'sequence', size: 9 },
    { name: 'speed', type: 'numeric', size: 1 },
  ])
const tableOf = (...lists: [number, number][]): EncodedTable => ({
  rows: lists.length,
  rowNumber: Int32Array.from(lists, (_, r) => r + 1),
  categorical: Int32Array.from(lists, (_, r) => r % 3),
  numeric: Float32Array.from(lists, (_, r) => r / 2),
  sequences: [{ field: 'seen', length: 2, ids: Int32Array.from(lists.flat()) }],
  targets: [],
})
const listOf = (from: EncodedColumns, row: ArrayLike<number>) => [
  ...from.table(Array.from(row, cell => Float64Array.of(cell))).sequences[0]!.ids,
]

it('gives tables back as they came', () => {
  const [own, table] = [columns(), tableOf([1, 2], [3, 4], [5, 6])]
  expect(own.table(own.add(table))).toEqual({
    rows: 3,
    categorical: table.categorical,
    numeric: table.numeric,
    sequences: table.sequences,
  })
})

it('holds its own lists and the last of those given, however many come', () => {
  const own = columns()
  const rows = own.add(tableOf([1, 2], [3, 4]))
  const before = Array.from({ length: 4096 }, (_, k) => own.give(tableOf([k, k + 1])))
  expect(listOf(own, before[0]!)).toEqual([0, 1])
  const last = own.give(tableOf([7, 8]))
  expect(listOf(own, last)).toEqual([7, 8])
  expect(listOf(own, before[4095]!)).toEqual([4095, 4096])
  expect(last[1]).toBe(before[0]![1])
  expect([...own.table(rows).sequences[0]!.ids]).toEqual([1, 2, 3, 4])
})
