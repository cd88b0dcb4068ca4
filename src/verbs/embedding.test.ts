import { describe, expect, it } from 'vitest'
import type { PreparedTable } from '../data/index.ts'
import { categoricalSpec } from '../study/index.ts'
import { tableSystem } from '../systems/index.ts'
import { withEmbedding } from './embedding.ts'

const table = {
  name: 'rows.csv',
  notes: [],
  encoding: { fields: [] },
  spec: categoricalSpec([40, 60]),
} as unknown as PreparedTable
const dcnv2 = tableSystem('dcnv2')

describe('--embedding', () => {
  it('leaves a table as it is for rows of their own', () => {
    expect(withEmbedding(table, dcnv2, undefined, undefined)).toBe(table)
    expect(withEmbedding(table, dcnv2, 'separate', undefined)).toBe(table)
  })

  it('plans a quarter of the rows, or as many as are asked for, and says what is lost', () => {
    const { spec, notes } = withEmbedding(table, dcnv2, 'unified', undefined)
    expect(spec.embedding).toEqual({ kind: 'unified', rows: 25, chunks: 1 })
    expect(notes).toEqual([
      expect.stringMatching(/^unified embedding: 100 values share 25 rows; \d+ pairs of one field/),
    ])
    expect(withEmbedding(table, dcnv2, 'hashed', { rows: 30, chunks: 2 }).spec.embedding).toEqual({
      kind: 'hashed',
      rows: 30,
      chunks: 2,
    })
  })

  it('plans as many rows as bytes have room for, and says what they take', () => {
    const planned = (set: Record<string, unknown>, options: Record<string, unknown> = { embeddingDimension: 8 }) =>
      withEmbedding(table, dcnv2, 'unified', set, options)
    const { spec, notes } = planned({ bytes: 1000, chunks: 2 })
    expect(spec.embedding!.rows).toBe(62)
    expect(notes[0]).toMatch(/share 62 rows, 992 B, 2 to a value;/)
    expect(() => planned({ bytes: 1000, rows: 30 })).toThrow(/by their number or by their bytes/)
    expect(() => planned({ bytes: 100 })).toThrow(/room for 3 rows/)
    expect(() => planned({ bytes: 1000 }, {})).toThrow(/dcnv2 has no embeddingDimension/)
  })

  it('tells codes from values', () => {
    const field = { name: 'f0', type: 'categorical', hashed: { key: 'f0', codes: 38 } }
    const { notes } = withEmbedding(
      { ...table, encoding: { fields: [field] } } as unknown as PreparedTable,
      dcnv2,
      'unified',
      {
        rows: 20,
      },
    )
    expect(notes[0]).toMatch(/100 values and codes share 20 rows/)
  })

  it.each([
    ['settings without a plan', 'dcnv2', 'separate', { rows: 30 }, /share rows/],
    ['a system without such an embedding', 'boosted-trees', 'unified', undefined, /boosted-trees has no embedding/],
    ['an unknown setting', 'dcnv2', 'unified', { row: 30 }, /no option 'row'/],
    ['too few rows', 'dcnv2', 'unified', { rows: 1 }, /rows/],
  ] as const)('refuses %s', (_, system, kind, set, message) => {
    expect(() => withEmbedding(table, tableSystem(system), kind, set)).toThrow(message)
  })

  it('refuses a table without categorical fields', () => {
    expect(() => withEmbedding({ ...table, spec: categoricalSpec([]) }, dcnv2, 'unified', undefined)).toThrow(
      /rows\.csv has no categorical field/,
    )
  })
})
