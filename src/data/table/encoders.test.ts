import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeRows } from './encode-rows.ts'
import { encodeTable } from './encode-table.ts'
import type { EncodedTable } from './encoded.ts'
import type { Encoding } from './encoding.ts'
import { prepareTable, type PreparedTable, type PrepareOptions } from './prepare.ts'

const folder = mkdtempSync(join(tmpdir(), 'encoders-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Cell = string | number | boolean | null | string[]
type Row = Record<string, Cell>

const oddText = fc.oneof(
  fc.constantFrom('Paris', 'paris', ' Paris', 'Rome\t', 'É', 'E\u0301', '日本', '👍🏽', '"quoted"', "it's", 'a,b', 'a;b'),
  fc.constantFrom(
    '',
    ' ',
    'null',
    'NA',
    'NaN',
    'true',
    '0',
    '00',
    '1e3',
    '-',
    '?',
    '^',
    '[]',
    '{"a":1}',
    '\u00a0x',
    '#row',
    '%',
    '\\',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter(text => !/[\r\n\u2028\0]/.test(text)),
)
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 5 })
const word = fc.constantFrom('a', 'b', 'c', 'été', 'x y', '7')

const rowOf: fc.Arbitrary<Row> = fc.record({
  text: maybe(oddText),
  number: maybe(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), fc.integer())),
  big: maybe(fc.constantFrom(2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e15, 1e21, 123456789012345680000, 5e-324, 0.1)),
  code: maybe(fc.integer({ min: -3, max: 12 })),
  flag: maybe(fc.boolean()),
  bucket: maybe(fc.oneof(fc.integer({ min: -5, max: 10_000 }), fc.double({ noNaN: true, min: -2, max: 1e6 }))),
  ranked: maybe(fc.double({ noNaN: true, min: -10, max: 10 })),
  day: maybe(
    fc
      .date({ noInvalidDate: true, min: new Date('1600-01-01'), max: new Date('2500-01-01') })
      .map(date => date.toISOString().slice(0, 19)),
  ),
  unix: maybe(fc.integer({ min: -(2 ** 33), max: 2 ** 33 })),
  joined: maybe(fc.array(word, { maxLength: 5 }).map(values => values.join('^'))),
  list: maybe(fc.array(word, { maxLength: 5 })),
})

const options: PrepareOptions = {
  target: ['y'],
  split: 'given:split',
  types: {
    text: 'categorical',
    number: 'numeric',
    big: 'categorical',
    code: 'categorical',
    flag: 'boolean',
    bucket: 'numeric:log-square',
    ranked: 'numeric:quantile',
    day: 'timestamp',
    unix: 'timestamp:seconds',
    joined: 'sequence:^',
    list: 'sequence',
  },
  maxSequenceLength: 3,
  minCount: 1,
  cache: false,
}

/** Two rows that hold every form, so that no column is empty, then what was drawn; every third row is not for training. */
function numbered(rows: Row[]): Row[] {
  const fixed = ['2000-01-02T03:04:05', '2001-06-07T08:09:10'].map((day, k): Row => ({
    text: `word ${k}`,
    number: k + 0.5,
    big: 2 ** 53 - 1 - k,
    code: k,
    flag: k === 0,
    bucket: 3 * k,
    ranked: k,
    day,
    unix: 1000 * k,
    joined: 'a^b',
    list: ['b', 'c'],
  }))
  return [...fixed, ...fixed, ...rows].map((row, k) => ({
    ...row,
    y: k % 2,
    split: k < 4 || k % 3 > 0 ? 'train' : k % 2 ? 'valid' : 'test',
  }))
}

const jsonLines = (rows: Row[]) => rows.map(row => JSON.stringify(row)).join('\n')
/** Lists stand as JSON text, all else as in a spreadsheet. */
function delimited(rows: Row[]): string {
  const cell = (value: Cell | undefined) =>
    value === null || value === undefined
      ? ''
      : `"${(Array.isArray(value) ? JSON.stringify(value) : String(value)).replaceAll('"', '""')}"`
  const names = Object.keys(rows[0]!)
  return [names.join(','), ...rows.map(row => names.map(name => cell(row[name])).join(','))].join('\n')
}

/** Encoded rows by number, so that tables of any order compare. */
function byRow(tables: EncodedTable[]): Map<number, unknown> {
  const rows = new Map<number, unknown>()
  for (const table of tables) {
    const part = (values: ArrayLike<number>, row: number) => {
      const width = values.length / table.rows
      return Array.from({ length: width }, (_, k) => values[row * width + k])
    }
    for (let row = 0; row < table.rows; row++)
      rows.set(table.rowNumber[row]!, [
        part(table.categorical, row),
        part(table.numeric, row),
        ...table.sequences.map(({ ids }) => part(ids, row)),
      ])
  }
  return rows
}

const splits = ({ train, valid, test }: PreparedTable) => [train, valid, test]

describe.each([
  ['rows.jsonl', jsonLines],
  ['rows.csv', delimited],
] as const)('drawn tables as %s', (name, write) => {
  test('encode alike at training, in a whole file and row by row, on one thread and on two', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 8, maxLength: 60 }), fc.nat(), async (drawn, k) => {
        const rows = numbered(drawn)
        const path = join(folder, `${k}-${name}`)
        writeFileSync(path, write(rows))
        const prepared = await prepareTable(path, { ...options, threads: 2 })
        expect(await prepareTable(path, { ...options, threads: 1 })).toEqual(prepared)
        const trained = byRow(splits(prepared))
        expect(trained.size).toBe(rows.length)

        // What a bundle holds is JSON.
        const encoding = JSON.parse(JSON.stringify(prepared.encoding)) as Encoding
        const inputs = rows.map(({ split: _split, ...row }) => row)
        const served = byRow([encodeRows({ ...encoding, ignored: [...encoding.ignored, 'y'] }, inputs)])
        for (const [row, values] of trained)
          expect([row, rows[row - 1], served.get(row)]).toEqual([row, rows[row - 1], values])

        const chunks: EncodedTable[] = []
        for await (const { table } of encodeTable(encoding, path, { chunkRows: 7 })) chunks.push(table)
        expect(byRow(chunks)).toEqual(trained)
      }),
      { numRuns: 4, endOnFailure: true },
    )
  }, 60_000)
})

test('a form that is told holds against what the cells would pass for', async () => {
  const path = join(folder, 'told.csv')
  const cells = Array.from(
    { length: 24 },
    (_, k) => `${1 + (k % 12)}/${1 + (k % 9)}/2020,2020-01-0${1 + (k % 5)},${k}|${k % 5},a^b|c,${k % 2}`,
  )
  writeFileSync(path, ['when,day,ids,both,y', ...cells].join('\n'))
  const types = { when: 'timestamp:day/month/year', day: 'categorical', ids: 'sequence:|', both: 'sequence:|' }
  const prepared = await prepareTable(path, { target: ['y'], types, minCount: 1, cache: false })
  const rows = cells.map(line => {
    const [when, day, ids, both, y] = line.split(',')
    return { when, day, ids, both, y }
  })
  expect(byRow(splits(prepared))).toEqual(byRow([encodeRows(prepared.encoding, rows)]))
  expect(prepared.encoding.fields.find(field => field.name === 'day')).toMatchObject({
    values: expect.arrayContaining(['2020-01-01']),
  })
  expect(prepared.encoding.fields.find(field => field.name === 'both')).toMatchObject({ values: ['a^b', 'c'] })
})

test('values that training never saw encode alike', async () => {
  const path = join(folder, 'seen.jsonl')
  writeFileSync(path, jsonLines(numbered([]).concat(numbered([]).map(row => ({ ...row, split: 'valid' })))))
  const { encoding } = await prepareTable(path, options)
  await fc.assert(
    fc.asyncProperty(fc.array(rowOf, { minLength: 4, maxLength: 30 }), async rows => {
      const other = join(folder, 'unseen.jsonl')
      // Every column keeps its kind, whatever was drawn.
      const whole = [...numbered([]).map(({ y: _y, split: _split, ...row }) => row), ...rows]
      writeFileSync(other, jsonLines(whole))
      const chunks = []
      for await (const chunk of encodeTable(encoding, other)) chunks.push(chunk)
      const served = encodeRows(encoding, whole)
      expect(byRow(chunks.map(chunk => chunk.table))).toEqual(byRow([served]))
      const counts: Record<string, number> = {}
      for (const { field } of served.unseen) counts[field] = (counts[field] ?? 0) + 1
      for (const [field, count] of Object.entries(counts))
        if (!['joined', 'list', 'day', 'unix'].includes(field))
          expect([field, chunks[0]!.unseen[field]]).toEqual([field, count])
    }),
    { numRuns: 4, endOnFailure: true },
  )
}, 60_000)

test('300,000 rows, enough for several threads to share, give the same bytes on one and two', async () => {
  const query = `sql:SELECT (i * 7919 % 1000) / 7 AS x, exp((i * 31 % 977) / 100) AS z, 'v' || (i * i % 503) AS city,
    TIMESTAMP '2020-01-01' + INTERVAL 1 HOUR * (i * 37 % 20000) AS time, ['a' || i % 5, 'b' || i % 11] AS history, i % 3 = 0 AS y FROM range(300000) AS t(i)`
  const prepare = (threads: number) =>
    prepareTable(query, { target: ['y'], cache: false, threads, types: { z: 'numeric:quantile' }, split: 'key:city' })
  const [one, two] = [await prepare(1), await prepare(2)]
  for (const split of ['train', 'valid', 'test'] as const) {
    for (const part of ['categorical', 'numeric', 'rowNumber'] as const)
      expect(Buffer.compare(Buffer.from(one[split][part].buffer), Buffer.from(two[split][part].buffer))).toBe(0)
    expect(one[split].sequences).toEqual(two[split].sequences)
  }
  expect(two.encoding).toEqual(one.encoding)
  expect(two.profile).toEqual(one.profile)
  expect(two.schema).toEqual(one.schema)
})
