import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resolveInput } from '../datasets/resolve.ts'
import { absentWarnings } from './absent.ts'
import { encodeRows } from './encode-rows.ts'
import { encodeTable } from './encode-table.ts'
import type { EncodedTable } from './encoded.ts'
import type { Encoding } from './encoding.ts'
import { prepareTable } from './prepare.ts'

const folder = mkdtempSync(join(tmpdir(), 'encode-table-test-'))
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('gives the rows prepareTable gave, in the order of the file, whatever the chunks', async () => {
  const prepared = await prepareTable('data:birdstrikes', { cache: false })
  const path = resolveInput('data:birdstrikes').input as string
  const byRow = new Map<number, [EncodedTable, number]>()
  for (const table of [prepared.train, prepared.valid, prepared.test]) {
    table.rowNumber.forEach((number, at) => byRow.set(number, [table, at]))
  }
  const width = {
    categorical: prepared.train.categorical.length / prepared.train.rows,
    numeric: prepared.train.numeric.length / prepared.train.rows,
  }
  const range = (table: EncodedTable, at: number, kind: 'categorical' | 'numeric') =>
    table[kind].subarray(at * width[kind], (at + 1) * width[kind])
  let next = 1
  for await (const { table } of encodeTable(prepared.encoding, path, { chunkRows: 3000 })) {
    for (let at = 0; at < table.rows; at++, next++) {
      expect(table.rowNumber[at]).toBe(next)
      const [of, there] = byRow.get(next)!
      expect(range(table, at, 'categorical')).toEqual(range(of, there, 'categorical'))
      expect(range(table, at, 'numeric')).toEqual(range(of, there, 'numeric'))
    }
  }
  expect(next).toBe(10_001)
})

const encoding: Encoding = {
  fields: [
    {
      name: 'city',
      type: 'categorical',
      required: false,
      cells: 'text',
      values: ['Rome', '07', '12'],
      pad: 0,
      unknown: 4,
    },
    { name: 'code', type: 'categorical', required: false, cells: 'number', values: ['3', '1.5'], pad: 0, unknown: 3 },
    {
      name: 'member',
      type: 'categorical',
      required: false,
      cells: 'boolean',
      values: ['false', 'true'],
      pad: 0,
      unknown: 3,
    },
    { name: 'speed', type: 'numeric', required: false, scale: { kind: 'standard', mean: 2, deviation: 4 } },
    {
      name: 'when',
      type: 'timestamp',
      required: false,
      format: 'iso',
      parts: [{ name: 'when hour', part: 'hour', values: ['0', '13'], pad: 0, unknown: 3 }],
      scale: { kind: 'none' },
    },
    {
      name: 'seen',
      type: 'sequence',
      required: false,
      separator: '^',
      length: 2,
      values: ['a', 'b'],
      pad: 0,
      unknown: 3,
    },
    { name: 'amount', type: 'bucket', required: false, values: ['0', '5'], pad: 0, unknown: 3 },
  ],
  ignored: ['note'],
  outputs: [],
}
const rows: Record<string, unknown>[] = [
  { city: ' 07', code: '3.0', member: 'TRUE', speed: '10', when: '1970-01-01T13:05', seen: 'a^b^z', amount: '10' },
  { city: 'Oslo', code: '', member: 'false', speed: 'n/a', when: '', seen: '', amount: '-1' },
  { city: '12', code: '1.5', member: '', speed: '-2e0', when: '1970-01-02', seen: 'b', amount: 'nan' },
]
const csv = [
  'city,code,member,speed,when,seen,amount,note',
  ...rows.map(row => `${Object.values(row).join(',')},x`),
].join('\n')
const lines = rows
  .map(row =>
    JSON.stringify({
      ...row,
      speed: Number(row['speed']) || null,
      code: row['code'] === '' ? null : Number(row['code']),
    }),
  )
  .join('\n')

test.each([
  ['csv', file('rows.csv', csv)],
  ['json', file('rows.jsonl', lines)],
])('reads %s cells as the encoding says, not as they look', async (_, path) => {
  const expected = encodeRows(encoding, rows)
  for await (const { table, unseen } of encodeTable(encoding, path)) {
    expect([...table.categorical]).toEqual([...expected.categorical])
    expect([...table.numeric]).toEqual([...expected.numeric])
    expect(table.sequences).toEqual(expected.sequences)
    expect(unseen).toEqual({ city: 1, seen: 1, amount: 1 })
  }
  expect(expected.unseen).toEqual([
    { row: 0, field: 'seen' },
    { row: 1, field: 'city' },
    { row: 1, field: 'amount' },
  ])
  // ids: local id plus the sizes of the vocabularies before
  expect([...expected.categorical.subarray(0, 5)]).toEqual([2, 5 + 1, 9 + 2, 13 + 2, 17 + 2])
  expect([...expected.numeric]).toEqual([2, 13 * 3600 + 300, 0, 0, -1, 86400])
  expect([...expected.sequences[0]!.ids]).toEqual([2, 3, 0, 0, 2, 0])
})

test('refuses text where numbers are due, with count and first row', async () => {
  const path = file('bad.csv', 'speed,city\n1,Rome\nfast,Rome\nslow,Rome\n')
  const read = async () => {
    for await (const _ of encodeTable(encoding, path)) expect.unreachable()
  }
  await expect(read()).rejects.toMatchObject({
    code: 'request/invalid',
    message: `row 2, 'speed' must be a number, got text`,
    why: 'speed: 2 rows',
  })
})

const first = async (path: string) => {
  for await (const chunk of encodeTable(encoding, path)) return chunk
  return expect.unreachable()
}

test('a column of several JSON types reads cell by cell, as rows do', async () => {
  const mixed = [
    { city: '07', speed: '10', when: '1970-01-01', seen: ['a', 1] },
    { city: 12, speed: 2.5, when: null, seen: ['b'] },
    { city: true, speed: 'n/a', when: '1970-01-02', seen: null },
  ]
  const expected = encodeRows(encoding, mixed)
  const { table } = await first(file('mixed.jsonl', mixed.map(row => JSON.stringify(row)).join('\n')))
  expect([...table.categorical]).toEqual([...expected.categorical])
  expect([...table.numeric]).toEqual([...expected.numeric])
  expect(table.sequences).toEqual(expected.sequences)
})

test.each([
  ['{"speed":"abc"}\n{"speed":3}', `row 1, 'speed' must be a number, got text`],
  ['{"speed":{"a":1}}', `row 1, 'speed' must be a number, got an object`],
  ['{"speed":4}\n{"speed":{"a":1}}', `row 2, 'speed' must be a number, got text`],
  ['{"speed":[1]}', `row 1, 'speed' must be a number, got a list`],
  ['{"speed":"2024-01-01"}', `row 1, 'speed' must be a number, got a moment`],
  ['{"when":true}', `row 1, 'when' must be a moment (iso), got true or false`],
  ['{"when":5}', `row 1, 'when' must be a moment (iso), got a number`],
  ['{"when":[1]}', `row 1, 'when' must be a moment (iso), got a list`],
])('refuses %s', async (text, message) => {
  await expect(first(file('refused.jsonl', text))).rejects.toMatchObject({ code: 'request/invalid', message })
})

test('a table that has no field of the model is refused, with the nearest names', async () => {
  await expect(first(file('other.csv', 'Citys,b\n1,2\n'))).rejects.toMatchObject({
    code: 'data/unknown-field',
    message: 'other.csv has no field of the model',
    why: `nearest: 'Citys' for 'city'`,
  })
  await expect(first(file('far.csv', 'a,b\n1,2\n'))).rejects.toMatchObject({
    why: 'it has a, b; the model reads city, code, member, speed, when, seen, amount',
  })
})

test('says which fields the table does not have', async () => {
  const { absent } = await first(file('part.csv', 'city,Speed,code,member,seen\nRome,1,3,true,a\n'))
  expect(absent).toEqual([
    { field: 'speed', nearest: ['Speed'] },
    { field: 'when', nearest: [] },
    { field: 'amount', nearest: [] },
  ])
  expect(absentWarnings(absent, 5).map(({ message }) => message)).toEqual([
    `'speed' is in no column; read as missing in all 5 rows; nearest: Speed`,
    `'when', 'amount' are in no column; read as missing in all 5 rows`,
  ])
})
