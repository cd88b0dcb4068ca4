import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TypedArray } from '../dtype.ts'
import { sorter } from './sort-ids.ts'

function sorted(ids: number[], rows: number, padding: number[], sort = sorter(rows, padding)) {
  const out: TypedArray[] = []
  sort([{ dtype: 'int32', dims: [ids.length], data: Int32Array.from(ids) }], {
    seed: 1,
    step: 0,
    part: 0,
    output: (index, dims) => {
      const size = dims!.reduce((a, b) => a * b, 1)
      return (out[index] = index === 2 ? new BigInt64Array(size) : new Int32Array(size))
    },
  })
  return { order: Array.from(out[0]!, Number), ends: Array.from(out[1]!, Number), ids: Array.from(out[2]!, Number) }
}

it('groups equal ids by position, in small tables and in tables far longer than the batch', () => {
  const cases = fc.record({
    ids: fc.array(fc.nat(19), { maxLength: 60 }),
    padding: fc.uniqueArray(fc.nat(19), { maxLength: 3 }),
    rows: fc.constantFrom(20, 100_000),
  })
  fc.assert(
    fc.property(cases, ({ ids, padding, rows }) => {
      const { order, ends, ids: distinct } = sorted(ids, rows, padding)
      expect(new Set(distinct)).toEqual(new Set(ids.filter(id => !padding.includes(id))))
      let from = 0
      distinct.forEach((id, u) => {
        const run = order.slice(from, ends[u]! + 1)
        expect(run).toEqual(ids.flatMap((each, i) => (each === id ? [i] : [])))
        from = ends[u]! + 1
      })
      expect([...order].sort((a, b) => a - b)).toEqual(ids.map((_, i) => i))
    }),
  )
})

it('starts afresh for every batch, whatever its size', () => {
  const sort = sorter(1000, [0])
  for (const ids of [[5, 5, 7], Array.from({ length: 400 }, (_, i) => i % 50), [7], []]) {
    expect(sorted(ids, 1000, [0], sort)).toEqual(sorted(ids, 1000, [0]))
  }
})

it('names an id outside the table', () => {
  expect(() => sorted([3, 12], 10, [])).toThrow(/id 12 is outside the table's 10 rows/)
  expect(() => sorted([-11, 3], 10, [])).toThrow(/id -11 is outside/)
})
