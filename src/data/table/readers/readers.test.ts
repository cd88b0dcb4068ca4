import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Bool, Float64, Table, tableToIPC, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow'
import sqlite from 'node-sqlite3-wasm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database } from '../database.ts'
import { openTable, type OpenOptions } from '../open.ts'

const folder = mkdtempSync(join(tmpdir(), 'readers-test-'))
const path = (name: string) => join(folder, name)
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(path(name), content)
  return path(name)
}

/** Types and all rows, with their numbers. */
async function read(input: string, options: OpenOptions = {}) {
  const table = await openTable(input, options)
  try {
    const types = Object.fromEntries(table.schema.fields.map(field => [field.name, field.storage.kind]))
    const rows = await table.database.select<Record<string, unknown>>(`SELECT * FROM typed ORDER BY "#row"`)
    return { types, rows, inputs: table.inputs, rowCount: table.rows }
  } finally {
    table.close()
  }
}

const noon = new Date('2024-03-01T12:00:00Z')
const later = new Date('2024-03-02T13:30:00Z')
const expected = {
  types: { city: 'text', n: 'number', when: 'timestamp', ok: 'boolean' },
  rows: [
    { '#row': 1, city: 'Rome', n: 1.5, when: noon, ok: true },
    { '#row': 2, city: null, n: 2, when: later, ok: false },
    { '#row': 3, city: 'Zürich, old town', n: null, when: null, ok: null },
  ],
}
const csv = [
  'city,n,when,ok',
  'Rome,1.5,2024-03-01 12:00:00,true',
  ',2,2024-03-02T13:30,False',
  '"Zürich, old town",NA,,',
].join('\n')
const objects = [
  { city: 'Rome', n: 1.5, when: noon.toISOString(), ok: true },
  { city: null, n: 2, when: later.toISOString(), ok: false },
  { city: 'Zürich, old town', n: null, when: null, ok: null },
]
const lines = objects.map(row => `${JSON.stringify(row)}\n`).join('')

beforeAll(async () => {
  file('a.csv', csv)
  file('a.csv.gz', gzipSync(csv))
  file('windows.csv', `\ufeff${csv.replaceAll('\n', '\r\n')}\r\n`)
  file('a.tsv', csv.replaceAll('"Zürich, old town"', 'Zürich; old town').replaceAll(',', '\t').replace(';', ','))
  file('a.jsonl', lines)
  file('a.ndjson.gz', gzipSync(lines))
  file('a.json', JSON.stringify(objects))
  const database = await Database.open()
  await database.run(
    `COPY (SELECT city, n, "when"::TIMESTAMP AS "when", ok FROM read_json('${path('a.jsonl')}')) TO '${path('a.parquet')}' (FORMAT parquet)`,
  )
  await database.run(`ATTACH '${path('a.duckdb')}' AS file`)
  await database.run(`CREATE TABLE file.visits AS SELECT * FROM '${path('a.parquet')}'`)
  await database.run('DETACH file')
  database.close()
  const arrow = new Table({
    city: vectorFromArray(['Rome', null, 'Zürich, old town'], new Utf8()),
    n: vectorFromArray([1.5, 2, null], new Float64()),
    when: vectorFromArray([noon, later, null], new TimestampMillisecond()),
    ok: vectorFromArray([true, false, null], new Bool()),
  })
  file('a.arrow', tableToIPC(arrow, 'file'))
  file('stream.feather', tableToIPC(arrow, 'stream'))
  const store = new sqlite.Database(path('a.sqlite'))
  store.exec('CREATE TABLE visits (city TEXT, n REAL, "when" TEXT, ok TEXT)')
  for (const row of objects) {
    store.run('INSERT INTO visits VALUES (?, ?, ?, ?)', [
      row.city,
      row.n,
      row.when,
      row.ok === null ? null : String(row.ok),
    ])
  }
  store.exec('CREATE TABLE other (x)')
  store.close()
})

describe('one table, however it comes', () => {
  test.each([
    'a.csv',
    'a.csv.gz',
    'windows.csv',
    'a.tsv',
    'a.jsonl',
    'a.ndjson.gz',
    'a.json',
    'a.parquet',
    'a.duckdb',
    'a.arrow',
    'stream.feather',
  ])('%s', async name => {
    expect(await read(path(name))).toMatchObject(expected)
  })

  test('a.sqlite, of two tables the one named', async () => {
    expect(await read(path('a.sqlite'), { reader: { table: 'visits' } })).toMatchObject(expected)
    await expect(read(path('a.sqlite'))).rejects.toMatchObject({ code: 'data/table', why: 'tables: other, visits' })
    await expect(read(path('a.sqlite'), { reader: { table: 'visit' } })).rejects.toMatchObject({
      try: '--set reader.table=visits',
    })
  })

  test('a query over a file, a DuckDB file, a SQLite file', async () => {
    expect(await read(`sql:SELECT * FROM '${path('a.parquet')}';`)).toMatchObject(expected)
    expect(await read('sql:SELECT * FROM visits', { reader: { database: path('a.duckdb') } })).toMatchObject(expected)
    expect(await read('sql:SELECT * FROM visits', { reader: { database: path('a.sqlite') } })).toMatchObject(expected)
    const ordered = await read(`sql:SELECT n FROM '${path('a.parquet')}' WHERE n > 0 ORDER BY n DESC`)
    expect(ordered.rows).toEqual([
      { '#row': 1, n: 2 },
      { '#row': 2, n: 1.5 },
    ])
  })

  test('standard input', () => {
    const script = `import { openTable } from ${JSON.stringify(join(process.cwd(), 'src/data/table/open.ts'))}
      async function main() { const table = await openTable('-'); console.log(table.rows, table.schema.fields.map(field => field.type).join()); table.close() }
      void main()`
    const run = (input: string | Uint8Array) =>
      execFileSync('node_modules/.bin/jiti', [file('stdin.ts', script)], { input, encoding: 'utf8' }).trim()
    expect(run(csv)).toBe('3 categorical,numeric,timestamp,boolean')
    expect(run(gzipSync(lines))).toBe('3 categorical,numeric,timestamp,boolean')
  })
})

describe('delimited text', () => {
  test('of unknown separator, without a header, with names', async () => {
    const input = file('values.data', '1|a\n2|b\n3|a\n')
    expect((await read(input, { reader: { header: false } })).rows).toEqual([
      { '#row': 1, field1: 1, field2: 'a' },
      { '#row': 2, field1: 2, field2: 'b' },
      { '#row': 3, field1: 3, field2: 'a' },
    ])
    const named = await read(input, { reader: { header: false, names: ['x', 'y'] } })
    expect(named.types).toEqual({ x: 'number', y: 'text' })
  })

  test('row numbers hold over many blocks, on four threads', async () => {
    const rows = 400_000
    const input = file(
      'many.csv',
      `i,text\n${Array.from({ length: rows }, (_, k) => `${k + 1},v${k % 13}`).join('\n')}\n`,
    )
    const table = await openTable(input, { threads: 4 })
    const { wrong, count } = await table.database.one<{ wrong: number; count: number }>(
      `SELECT count(*) FILTER ("#row" <> i) AS wrong, count(*) AS count FROM typed`,
    )
    table.close()
    expect({ wrong, count }).toEqual({ wrong: 0, count: rows })
  })

  test('leading zeros, long digits and underscores are codes; blank lines are nothing', async () => {
    const input = file(
      'codes.csv',
      '\nzip,card,part,plain\n01234,1234567890123456789,1_0,1\n\n99999,1234567890123456788,2_0,2\n',
    )
    const { types, rows } = await read(input)
    expect(types).toEqual({ zip: 'text', card: 'text', part: 'text', plain: 'number' })
    expect(rows.map(row => row['card'])).toEqual(['1234567890123456789', '1234567890123456788'])
  })

  test('a type holds for every row, not only the first', async () => {
    const input = file(
      'late.csv',
      `x,y\n${Array.from({ length: 3000 }, (_, k) => `${k === 2999 ? 'many' : k},`).join('\n')}\n`,
    )
    const { types } = await read(input)
    expect(types).toEqual({ x: 'text', y: 'text' })
  })

  test('lists: joined by ^, or JSON', async () => {
    const input = file('lists.csv', 'a,b\nx^y,"[1,""u"",null]"\nz,[]\n,\n')
    expect((await read(input)).rows.map(({ a, b }) => [a, b])).toEqual([
      [
        ['x', 'y'],
        ['1', 'u'],
      ],
      [['z'], []],
      [null, null],
    ])
  })
})

describe('typed columns', () => {
  test('large integers stay exact as text; FLOAT and DECIMAL keep their digits; lists and nested values', async () => {
    const query = `SELECT * FROM (VALUES (9007199254740993::BIGINT, 0.1::FLOAT, 2.50::DECIMAL(9,2), [1, 2], {'a': 1}, 'nan'::DOUBLE),
      (1, 1.5, 3, [], {'a': 2}, 4)) AS t(id, f, d, l, s, x)`
    const { types, rows } = await read(`sql:${query}`)
    expect(types).toEqual({ id: 'text', f: 'number', d: 'number', l: 'list', s: 'text', x: 'number' })
    expect(rows[0]).toMatchObject({ id: '9007199254740993', f: 0.1, d: 2.5, l: ['1', '2'], x: null })
  })
})

describe('libsvm', () => {
  test('one-hot rows: a field for each place', async () => {
    const input = file('frappe.libfm', '1 451:1 4149:1 5041:1\n-1 451:1 955:1 5046:1\n')
    const { rows, types } = await read(input)
    expect(rows).toEqual([
      { '#row': 1, label: 1, field1: 451, field2: 4149, field3: 5041 },
      { '#row': 2, label: -1, field1: 451, field2: 955, field3: 5046 },
    ])
    expect(types['label']).toBe('number')
  })

  test('values: a column for each id, absent is 0', async () => {
    const input = file('scale.svm', '+1 1:0.5 3:-2e-1 # comment\n0 2:7\n0\n')
    expect((await read(input)).rows).toEqual([
      { '#row': 1, label: 1, x1: 0.5, x2: 0, x3: -0.2 },
      { '#row': 2, label: 0, x1: 0, x2: 7, x3: 0 },
      { '#row': 3, label: 0, x1: 0, x2: 0, x3: 0 },
    ])
  })

  test('high ids of value 1 and varying number: one list', async () => {
    const { rows } = await read(file('sets.libsvm', '1 5:1 90000:1\n0 7:1\n'))
    expect(rows.map(row => row['ids'])).toEqual([['5', '90000'], ['7']])
    await expect(read(file('wide.libsvm', '1 5:1 90000:3\n0 7:1\n'))).rejects.toMatchObject({
      code: 'data/too-many-values',
    })
  })
})

const postgres = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' })
describe.skipIf(postgres.status !== 0)('postgres (where the server is installed)', () => {
  const port = 20000 + (process.pid % 20000)
  const url = `postgres://reader@127.0.0.1:${port}/postgres`
  let server: ReturnType<typeof spawn>

  beforeAll(async () => {
    // The server refuses to run as root.
    const root = process.getuid?.() === 0
    const home = mkdtempSync(join(tmpdir(), 'cluster-'))
    if (root) chownSync(home, 65534, 65534)
    const as = root ? { uid: 65534, gid: 65534, cwd: home } : { cwd: home }
    const bin = postgres.stdout.trim()
    execFileSync(join(bin, 'initdb'), ['-D', 'data', '-U', 'reader', '-A', 'trust', '--no-sync'], as)
    server = spawn(
      join(bin, 'postgres'),
      ['-D', 'data', '-p', String(port), '-k', home, '-c', 'listen_addresses=127.0.0.1', '-F'],
      as,
    )
    for (let attempt = 0; ; attempt++) {
      const client = new pg.Client({ connectionString: url })
      try {
        await client.connect()
        await client.query(`CREATE TABLE visits (city text, n float8, "when" timestamptz, ok boolean)`)
        for (const { city, n, when, ok } of objects)
          await client.query('INSERT INTO visits VALUES ($1, $2, $3, $4)', [city, n, when, ok])
        await client.end()
        return
      } catch (error) {
        await client.end().catch(() => {})
        if (attempt > 50) throw error
        await pause(200)
      }
    }
  })
  afterAll(() => server?.kill('SIGINT'))

  test('a table, a query, many rows', async () => {
    expect(await read(url)).toMatchObject(expected)
    const many = await read(url, { reader: { query: 'SELECT i, i % 7 AS k FROM generate_series(1, 50000) AS i' } })
    expect(many.rowCount).toBe(50_000)
    expect(many.inputs[0]!.path).toBe(`postgres://127.0.0.1:${port}/postgres`)
    await expect(read(url, { reader: { query: 'SELECT nothing' } })).rejects.toMatchObject({ code: 'data/query' })
  })
})

test('a server that does not answer', async () => {
  const listener = createServer()
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  await new Promise(resolve => listener.close(resolve))
  await expect(read(`postgres://user:secret@127.0.0.1:${port}/db`)).rejects.toMatchObject({
    code: 'data/connection',
    message: `'postgres://127.0.0.1:${port}/db' does not answer`,
  })
})

test('a JSON column of text and numbers is read as a CSV of the same cells', async () => {
  const rows = [
    { zip: '00123', price: '31.51', tags: ['a', 1] },
    { zip: 98001, price: 44.7, tags: [null, 'b'] },
  ]
  const lines = rows.map(row => JSON.stringify(row)).join('\n')
  const read1 = await read(file('mixed.jsonl', lines))
  expect(read1.types).toEqual({ zip: 'text', price: 'number', tags: 'list' })
  expect(read1.rows).toEqual([
    { '#row': 1, zip: '00123', price: 31.51, tags: ['a', '1'] },
    { '#row': 2, zip: '98001', price: 44.7, tags: [null, 'b'] },
  ])
})

test('UUIDs, times of day, intervals and enums are read as text', async () => {
  const database = await Database.open()
  await database.run(
    `COPY (SELECT '7311d8a3-c2ce-6f44-7ed4-d57b1e2feb89'::UUID AS u, '13:05'::TIME AS t, INTERVAL 1 DAY AS i)
      TO '${path('odd.parquet')}' (FORMAT parquet)`,
  )
  database.close()
  const expected = { '#row': 1, u: '7311d8a3-c2ce-6f44-7ed4-d57b1e2feb89', t: '13:05:00' }
  expect((await read(path('odd.parquet'))).rows).toEqual([{ ...expected, i: '1 day' }])
  const { u, t } = expected
  expect((await read(file('odd.jsonl', JSON.stringify({ u, t })))).rows).toEqual([expected])
  const query = `sql:SELECT 'a'::ENUM ('a', 'b') AS e, TIME '13:05' AS t`
  expect((await read(query)).rows).toEqual([{ '#row': 1, e: 'a', t: '13:05:00' }])
})

test.each([
  [{ foo: 3 }, 'option/unknown', `reader has no option 'foo'`],
  [{ delimeter: ';' }, 'option/unknown', `reader has no option 'delimeter'`],
  [{ skipBad: 'maybe' }, 'option/invalid', 'reader.skipBad must be true or false, got "maybe"'],
  [{ delimiter: 3 }, 'option/invalid', 'reader.delimiter must be one character, got 3'],
  [{ delimiter: ';;' }, 'option/invalid', 'reader.delimiter must be one character, got ";;"'],
  [{ names: 'a' }, 'option/invalid', 'reader.names must be a list of names, got "a"'],
])('reader options %j are refused', async (reader, code, message) => {
  const given = reader as OpenOptions['reader']
  await expect(read(path('a.csv'), { reader: given })).rejects.toMatchObject({ code, message })
})

test('a tab may be written as it is escaped', async () => {
  expect((await read(file('tab.txt', 'a\tb\n1\t2\n'), { reader: { delimiter: '\\t' } })).rows).toEqual([
    { '#row': 1, a: 1, b: 2 },
  ])
})
