import { describe, expect, test } from 'vitest'
import { batches } from './batches.ts'
import type { EncodedTable } from './encoded.ts'

const rows = 23
const table: EncodedTable = {
  rows,
  categorical: Int32Array.from({ length: rows * 2 }, (_, i) => i),
  numeric: Float32Array.from({ length: rows }, (_, i) => i / 2),
  sequences: [{ field: 'seen', length: 3, ids: Int32Array.from({ length: rows * 3 }, (_, i) => 100 + i) }],
  targets: [Float32Array.from({ length: rows }, (_, i) => i % 2)],
  rowNumber: Int32Array.from({ length: rows }, (_, i) => i + 1),
}
const options = { size: 5, seed: 7, epoch: 2, targets: ['y'] }
const copies = (given: Parameters<typeof batches>[1]) =>
  Array.from(batches(table, given), batch => ({
    rows: batch.rows,
    feeds: Object.fromEntries(Object.entries(batch.feeds).map(([name, values]) => [name, [...values]])),
  }))

describe('batches', () => {
  test('cover every row once, all blocks in the same order', () => {
    const taken: number[] = []
    for (const { feeds, rows: count } of batches(table, options)) {
      for (let i = 0; i < count; i++) {
        const row = feeds['numeric']![i]! * 2
        taken.push(row)
        expect([...feeds['categorical']!.subarray(2 * i, 2 * i + 2)]).toEqual([2 * row, 2 * row + 1])
        expect([...feeds['sequence.seen']!.subarray(3 * i, 3 * i + 3)]).toEqual([
          100 + 3 * row,
          101 + 3 * row,
          102 + 3 * row,
        ])
        expect(feeds['target.y']![i]).toBe(row % 2)
      }
    }
    expect(taken).not.toEqual([...table.rowNumber.keys()])
    expect(taken.sort((a, b) => a - b)).toEqual([...table.rowNumber.keys()])
  })

  test('are the same for the same seed and epoch, and others for others', () => {
    expect(copies(options)).toEqual(copies(options))
    expect(copies({ ...options, epoch: 3 })).not.toEqual(copies(options))
    expect(copies({ ...options, seed: 8 })).not.toEqual(copies(options))
  })

  test('resume at any step', () => {
    const whole = copies(options)
    for (let start = 0; start <= 5; start++) expect(copies({ ...options, start })).toEqual(whole.slice(start))
  })

  test('keep or drop the last, in the table order when not shuffled', () => {
    const kept = copies({ ...options, shuffle: false })
    expect(kept.map(batch => batch.rows)).toEqual([5, 5, 5, 5, 3])
    expect(kept.flatMap(batch => batch.feeds['numeric']!)).toEqual([...table.numeric])
    const dropped = copies({ ...options, dropLast: true })
    expect(dropped).toEqual(copies(options).slice(0, 4))
  })

  test('reuse two sets of buffers in turn', () => {
    const buffers = Array.from(batches(table, { ...options, dropLast: true }), batch => batch.feeds['categorical']!)
    expect(buffers[2]).toBe(buffers[0])
    expect(buffers[3]).toBe(buffers[1])
    expect(buffers[1]).not.toBe(buffers[0])
  })
})
