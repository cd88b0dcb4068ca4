import { describe, expect, it } from 'vitest'
import { compile, int32 } from '../../../../engine/index.ts'
import { categoricalSpec } from '../../../../study/index.ts'
import { categoricalRows } from '../trial.ts'
import {
  allPairs,
  buildCrosses,
  crossedTable,
  crossedValues,
  crossId,
  mostCrossRows,
  ofSameCrosses,
  rowsOf,
  someCrosses,
  withCrosses,
} from './index.ts'

/** Twelve rows of three fields of three values: ids are 1 to 3, 4 is unknown. */
const cells = [
  [0, 0, 0],
  [0, 0, 1],
  [0, 0, 2],
  [0, 1, 0],
  [1, 1, 1],
  [1, 1, 1],
  [1, 2, 1],
  [2, 0, 0],
  [2, 0, 0],
  [2, 2, 2],
  [2, 2, 2],
  [2, 1, 1],
]
const spec = { ...categoricalSpec([5, 5, 5]), rows: 12 }
const train = categoricalRows(3, 3, 12, row => ({ values: cells[row]!, label: 0 }))
const limits = { minCount: 2, maxRows: 100 }
const crosses = buildCrosses(train, spec, allPairs(3), limits)

describe('the crosses of twelve rows, counted by hand', () => {
  it('keeps those of two rows and more, in order', () => {
    const [first, second, third] = crosses.pairs
    // field0 × field1: (0,0) 3, (0,1) 1, (1,1) 2, (1,2) 1, (2,0) 2, (2,1) 1, (2,2) 2
    expect([...first!.counts]).toEqual([3, 2, 2, 2])
    expect([...first!.seconds]).toEqual([1, 2, 1, 3])
    expect([...first!.starts]).toEqual([0, 0, 1, 2, 4, 4])
    // field0 × field2: (0,0) 2, (0,1) 1, (0,2) 1, (1,1) 3, (2,0) 2, (2,1) 1, (2,2) 2
    expect([...second!.counts]).toEqual([2, 3, 2, 2])
    // field1 × field2: (0,0) 3, (0,1) 1, (0,2) 1, (1,0) 1, (1,1) 3, (2,1) 1, (2,2) 2
    expect([...third!.counts]).toEqual([3, 3, 2])
    expect(crosses.pairs.map(rowsOf)).toEqual([6, 6, 5])
    expect(crosses.pairs.map(({ rareRows }) => rareRows)).toEqual([12, 12, 12])
    expect(crosses.spec.fields.map(({ name, size }) => `${name} ${size}`).slice(3)).toEqual([
      'field0 × field1 6',
      'field0 × field2 6',
      'field1 × field2 5',
    ])
  })

  it('gives the others, the unknown and the unseen the id of the pair', () => {
    const [first] = crosses.pairs
    expect([crossId(first!, 1, 1), crossId(first!, 3, 3), crossId(first!, 1, 2), crossId(first!, 4, 4)]).toEqual([
      1, 4, 5, 5,
    ])
    const table = crossedTable(train, crosses)
    expect([...table.categorical.subarray(0, 6)]).toEqual([1, 6, 11, 15 + 1, 21 + 1, 27 + 1])
    expect([...table.categorical.subarray(18, 24)]).toEqual([1, 7, 11, 15 + 5, 21 + 1, 27 + 4])
  })

  it('leads back from an id to its values', () => {
    for (const pair of crosses.pairs) {
      for (let id = 1; id <= pair.seconds.length; id++) {
        const [first, second] = crossedValues(pair, id)!
        expect(crossId(pair, first, second)).toBe(id)
      }
      expect(crossedValues(pair, 0)).toBeUndefined()
      expect(crossedValues(pair, pair.seconds.length + 1)).toBeUndefined()
    }
  })
})

it('a graph finds the same ids, of seen, unseen and unknown values, of one pair or all', async () => {
  const all = Array.from({ length: 64 }, (_, i) => [
    1 + (i % 4),
    5 + 1 + (Math.floor(i / 4) % 4),
    10 + 1 + Math.floor(i / 16),
  ])
  const categorical = Int32Array.from(all.flat())
  for (const own of [crosses, someCrosses(crosses, [1]), someCrosses(crosses, [])]) {
    await using program = compile({
      inputs: { ids: int32(['batch', 3]) },
      threads: 1,
      trace: ({ ids }) => ({ outputs: { crossed: withCrosses(ids, own) } }),
    })
    const { crossed } = await program.run({ ids: categorical })
    const expected = crossedTable({ ...train, rows: 64, categorical }, own).categorical
    expect([...(crossed!.data as Int32Array)]).toEqual([...expected])
  }
})

describe('limits', () => {
  it('refuses more rows than allowed, with the largest pairs first', () => {
    expect(() => buildCrosses(train, spec, allPairs(3), { minCount: 2, maxRows: 16 })).toThrow(
      expect.objectContaining({
        code: 'data/too-many-values',
        message: 'the crosses of 3 pairs need 17 rows, 16 are allowed',
        why: 'largest: field0 × field1 6, field0 × field2 6, field1 × field2 5',
        try: '--set minCrossCount=4',
      }) as Error,
    )
  })

  it('knows the most there can be before it counts', () => {
    expect(mostCrossRows(spec, allPairs(3), 12, 2)).toBe(3 * (6 + 2))
    expect(mostCrossRows(spec, allPairs(3), 1e6, 1)).toBe(3 * (25 + 2))
  })

  it('takes no rows crossed by another vocabulary', () => {
    const others = buildCrosses(train, spec, allPairs(3), { ...limits, minCount: 3 })
    const table = crossedTable(train, crosses)
    expect(ofSameCrosses(table, crosses)).toBe(table)
    expect(() => ofSameCrosses(table, others)).toThrow(/ids of another vocabulary/)
  })
})
