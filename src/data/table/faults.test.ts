import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { prepareTable, type PrepareOptions } from './prepare.ts'
import { openTable } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'faults-test-'))
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const open = async (path: string, options = {}) => {
  const table = await openTable(path, options)
  table.close()
  return table
}
const prepare = (path: string, options: PrepareOptions = {}) =>
  prepareTable(path, { cache: false, target: ['y'], ...options })
const csv = (rows: (k: number) => string, count = 200, header = 'x,y') =>
  `${header}\n${Array.from({ length: count }, (_, k) => rows(k)).join('\n')}\n`
const fine = csv(k => `${k},${k % 2}`)

describe('an input that cannot be read', () => {
  test('no such file', async () => {
    file('clicks.csv', fine)
    await expect(open(join(folder, 'clicls.csv'))).rejects.toMatchObject({
      code: 'data/not-found',
      message: `no file, folder or dataset '${join(folder, 'clicls.csv')}'`,
      why: 'nearest: clicks.csv',
      exitCode: 3,
    })
  })

  test('empty', async () => {
    await expect(open(file('empty.csv', ''))).rejects.toMatchObject({
      code: 'data/empty',
      message: `'empty.csv' is empty`,
    })
    await expect(open(file('empty.parquet', ''))).rejects.toMatchObject({ code: 'data/empty' })
    await expect(open(file('empty.jsonl', ''))).rejects.toMatchObject({ code: 'data/empty' })
    await expect(open(file('empty.libsvm', ''))).rejects.toMatchObject({ code: 'data/empty' })
  })

  test('a header only', async () => {
    await expect(open(file('a.csv', 'x,y\n'))).rejects.toMatchObject({
      code: 'data/empty',
      message: `'a.csv' has a header and no rows`,
    })
    await expect(open(file('b.csv', 'x,y'))).rejects.toMatchObject({ code: 'data/empty' })
  })

  test('ragged lines, with first line and count', async () => {
    const lines = csv(k => (k === 5 || k === 9 ? `${k},1,2` : k === 7 ? `${k}` : `${k},${k % 2}`))
    await expect(open(file('ragged.csv', lines))).rejects.toMatchObject({
      code: 'data/ragged',
      message: `'ragged.csv' line 7 has 3 values, the header 2 (3 such lines)`,
      try: '--set reader.skipBad=true',
    })
  })

  test('ragged lines left out keep the numbers of the others', async () => {
    const lines = csv(k => (k === 0 || k === 5 || k === 6 || k === 199 ? `${k},1,2` : `${k + 1},${k % 2}`))
    const table = await openTable(file('skip.csv', lines), { reader: { skipBad: true } })
    const rows = await table.database.select<{ n: number; x: number }>(`SELECT "#row" AS n, x FROM typed ORDER BY 1`)
    table.close()
    expect(rows).toHaveLength(196)
    expect(rows.every(row => row.n === row.x)).toBe(true)
    expect(table.warnings).toMatchObject([
      { code: 'data/skipped', message: `'skip.csv': 4 of 200 lines do not fit and are left out` },
    ])
  })

  test('quoted line breaks and delimiters are no faults, a misplaced quote is', async () => {
    const table = await open(file('quoted.csv', 'x,y\n"a, b",1\n"line\nbreak",2\n"say ""so""",3\n'))
    expect(table.rows).toBe(3)
    await expect(open(file('quote.csv', 'x,y\n"a"b,1\nc,2\n'))).rejects.toMatchObject({
      code: 'data/ragged',
      message: `'quote.csv' line 2 has a misplaced or unclosed quote`,
    })
    await expect(open(file('open.csv', 'x,y\n"a,1\nc,2\n'))).rejects.toMatchObject({ code: 'data/ragged' })
  })

  test('another delimiter', async () => {
    await expect(open(file('semicolon.csv', fine.replaceAll(',', ';')))).rejects.toMatchObject({
      code: 'data/delimiter',
      message: `'semicolon.csv' reads as one field; ';' separates its lines`,
      try: '--set reader.delimiter=";"',
    })
    await expect(open(file('tab.csv', fine.replaceAll(',', '\t')))).rejects.toMatchObject({
      try: '--set reader.delimiter="\\t"',
    })
    const table = await open(join(folder, 'semicolon.csv'), { reader: { delimiter: ';' } })
    expect(table.schema.fields.map(field => field.name)).toEqual(['x', 'y'])
    const one = await open(
      file(
        'one.csv',
        csv(k => `${k}`, 20, 'x'),
      ),
    )
    expect(one.schema.fields).toHaveLength(1)
  })

  test('not UTF-8: byte and line', async () => {
    const bytes = Buffer.from(
      csv(k => (k === 40 ? 'caf\u00e9,1' : `${k},${k % 2}`)),
      'latin1',
    )
    const byte = bytes.indexOf(0xe9)
    const path = file('latin.csv', bytes)
    await expect(open(path)).rejects.toMatchObject({
      code: 'data/encoding',
      message: `'latin.csv' is not UTF-8 at byte ${byte}, line 42`,
      try: '--set reader.encoding=latin1',
    })
    const table = await openTable(path, { reader: { encoding: 'latin1' } })
    const rows = await table.database.select<{ x: string }>(`SELECT x FROM typed WHERE "#row" = 41`)
    table.close()
    expect(rows[0]!.x).toBe('café')
    await expect(open(path, { reader: { encoding: 'klingon' } })).rejects.toMatchObject({ code: 'option/invalid' })
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(fine, 'utf16le')])
    await expect(open(file('wide.csv', wide))).rejects.toMatchObject({ try: '--set reader.encoding=utf-16le' })
    expect((await open(join(folder, 'wide.csv'), { reader: { encoding: 'utf-16le' } })).rows).toBe(200)
  })

  test('not UTF-8 beyond the first block of bytes', async () => {
    const text = csv(k => `${'é'.repeat(50)}${k},${k % 2}`, 30_000)
    const bytes = Buffer.from(text)
    const place = bytes.lastIndexOf(0xc3)
    bytes[place] = 0xff
    const line = bytes.subarray(0, place).filter(byte => byte === 10).length + 1
    await expect(open(file('late.csv', bytes))).rejects.toMatchObject({ details: { byte: place, line } })
  })

  test('the same field twice', async () => {
    await expect(open(file('twice.csv', 'age,b,age\n1,2,3\n'))).rejects.toMatchObject({
      code: 'data/duplicate-field',
      message: `'twice.csv' names 'age' twice, columns 1 and 3`,
    })
    await expect(open(file('case.csv', 'Age,b,age,AGE\n1,2,3,4\n'))).rejects.toMatchObject({
      message: `'case.csv' names 'Age' 3 times, columns 1, 3 and 4`,
    })
    const named = await open(join(folder, 'twice.csv'), { reader: { names: ['age', 'b', 'later'] } })
    expect(named.schema.fields.map(field => field.name)).toEqual(['age', 'b', 'later'])
  })

  test('corrupt Parquet', async () => {
    const whole = readFileSync('node_modules/vega-datasets/data/flights-3m.parquet')
    await expect(open(file('cut.parquet', whole.subarray(0, 1_000_000)))).rejects.toMatchObject({
      code: 'data/corrupt',
      message: `'cut.parquet' ends before its footer`,
    })
    await expect(open(file('text.parquet', fine))).rejects.toMatchObject({
      code: 'data/corrupt',
      message: `'text.parquet' does not begin as a Parquet file`,
    })
    const damaged = Buffer.from(whole)
    damaged.fill(7, 5000, 4_000_000)
    const error = await open(file('damaged.parquet', damaged)).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'data/corrupt', message: `'damaged.parquet' cannot be read to its end` })
    expect(JSON.stringify(error)).not.toContain(folder)
  })

  test('corrupt JSON, Arrow, SQLite and gzip', async () => {
    await expect(open(file('bad.jsonl', '{"x":1}\n{"x":2}\n{"x":\n'))).rejects.toMatchObject({
      code: 'data/corrupt',
      message: `'bad.jsonl' is not JSON at line 3`,
    })
    await expect(open(file('bad.arrow', 'ARROW1 and no more'))).rejects.toMatchObject({ code: 'data/corrupt' })
    await expect(open(file('bad.sqlite', `SQLite format 3\0${'x'.repeat(4096)}`))).rejects.toMatchObject({
      code: 'data/corrupt',
    })
    await expect(open(file('bad.csv.gz', gzipSync(fine).subarray(0, 200)))).rejects.toMatchObject({
      code: 'data/corrupt',
      message: `'bad.csv.gz' is not a whole gzip file`,
    })
    await expect(open(file('bad.libsvm', '1 1:1 2:1\n0 1:1 two:1\n'))).rejects.toMatchObject({
      code: 'data/corrupt',
      message: `'bad.libsvm' line 2 is not 'label id:value ...'`,
    })
  })

  test('a query that does not run, or gives nothing', async () => {
    await expect(open('sql:SELECT x FROM nowhere')).rejects.toMatchObject({ code: 'data/query' })
    await expect(open('sql:SELECT 1 AS x WHERE false')).rejects.toMatchObject({ code: 'data/empty' })
  })
})

describe('a target that cannot be learned', () => {
  test('not given', async () => {
    await expect(
      prepare(
        file(
          'nt.csv',
          csv(k => `${k},${k % 2}`, 50, 'x,clicked'),
        ),
        { target: undefined },
      ),
    ).rejects.toMatchObject({
      code: 'data/target-missing',
      message: 'no target given; likely: clicked',
      try: '-t clicked',
    })
  })

  test('unknown, with the nearest names', async () => {
    const path = file(
      'clicks2.csv',
      csv(k => `${k},${k % 2},${k % 3}`, 50, 'x,clicked,clicks_7d'),
    )
    await expect(prepare(path, { target: ['clickd'] })).rejects.toMatchObject({
      code: 'data/unknown-field',
      message: `clicks2.csv has no field 'clickd'`,
      where: '--target clickd',
      why: '3 fields were read; nearest: clicked, clicks_7d',
      try: '--target clicked',
    })
    await expect(prepare(path, { target: ['clicked'], ignore: ['nope'] })).rejects.toMatchObject({
      where: '--ignore nope',
    })
    await expect(prepare(path, { target: ['clicked'], split: 'time:day' })).rejects.toMatchObject({
      where: '--split day',
    })
    await expect(prepare(path, { target: ['hit = clickd > 0'] })).rejects.toMatchObject({ code: 'data/unknown-field' })
    await expect(prepare(path, { target: ['hit = clicked >'] })).rejects.toMatchObject({ code: 'data/query' })
    await expect(prepare(path, { target: ['clicked'], where: 'nowhere > 1' })).rejects.toMatchObject({
      code: 'data/query',
    })
    await expect(prepare(path, { target: ['clicked'], where: 'x > 1000' })).rejects.toMatchObject({
      code: 'data/empty',
    })
  })

  test('constant', async () => {
    await expect(
      prepare(
        file(
          'constant.csv',
          csv(k => `${k},no`),
        ),
      ),
    ).rejects.toMatchObject({
      code: 'data/target-constant',
      message: `target 'y' is 'no' in all 200 rows`,
    })
  })

  test('with empty cells', async () => {
    const path = file(
      'nulls.csv',
      csv(k => `${k},${k % 50 === 30 ? '' : k % 2}`),
    )
    await expect(prepare(path)).rejects.toMatchObject({
      code: 'data/target-null',
      message: `target 'y' is empty in 4 rows, first row 31`,
      try: '--where "y IS NOT NULL"',
    })
    const table = await prepare(path, { where: 'y IS NOT NULL' })
    expect(table.schema.rows).toBe(196)
  })

  test('infinite', async () => {
    await expect(
      prepare(
        file(
          'inft.csv',
          csv(k => `${k},${k === 76 ? 'inf' : k * 1.5}`),
        ),
      ),
    ).rejects.toMatchObject({ code: 'data/not-finite' })
  })
})

describe('fields that cannot be used', () => {
  test('infinities, all fields together', async () => {
    const path = file(
      'inf.csv',
      csv(
        k => `${k},${k % 2},${[76, 80, 99].includes(k) ? '-inf' : k / 7},${k === 3 ? 'Infinity' : k / 3}`,
        200,
        'x,y,price,rate',
      ),
    )
    await expect(prepare(path)).rejects.toMatchObject({
      code: 'data/not-finite',
      message: `'price' is infinite in 3 rows, first row 77; 'rate' is infinite in 1 row, first row 4`,
    })
  })

  test('without a value, or of one value, in training rows', async () => {
    const path = file(
      'constants.csv',
      csv(k => `${k},${k % 2},,Chile`, 200, 'x,y,fax,country'),
    )
    const table = await prepare(path)
    expect(table.warnings).toContainEqual(
      expect.objectContaining({
        code: 'data/constant',
        message: `'fax' has no value, 'country' only one, in training rows; both ignored`,
      }),
    )
    expect(table.encoding.fields.map(field => field.name)).toEqual(['x'])
    expect(table.schema.fields.find(field => field.name === 'fax')).toMatchObject({
      role: 'ignored',
      flags: ['all-null'],
    })
    const one = await prepare(
      file(
        'constant1.csv',
        csv(k => `${k},${k % 2},Chile`, 200, 'x,y,country'),
      ),
    )
    expect(one.warnings.find(warning => warning.code === 'data/constant')?.message).toBe(
      `'country' has only one value, in training rows; ignored`,
    )
    await expect(
      prepare(
        file(
          'only.csv',
          csv(k => `Chile,${k % 2}`),
        ),
      ),
    ).rejects.toMatchObject({ code: 'data/no-inputs' })
  })

  test('a category of a million values', async () => {
    const sql = `sql:SELECT 'page' || (range % 1000000) AS url, range % 2 AS y, 1 AS one FROM range(2200000)`
    await expect(prepare(sql, { minCount: 1 })).rejects.toMatchObject({
      code: 'data/too-many-values',
      message: expect.stringMatching(/^'url' has 9\d\d,\d{3} values, a \d\d MB table$/),
      try: '--embedding unified',
    })
  }, 120_000)

  test('id-like fields are left out, and said so', async () => {
    const table = await prepare(
      file(
        'ids.csv',
        csv(k => `r${k * 7},${k % 2},${k % 5}`, 200, 'row_key,y,x'),
      ),
    )
    expect(table.warnings).toContainEqual(expect.objectContaining({ code: 'data/ignored', fields: ['row_key'] }))
    expect(table.encoding.ignored).toContain('row_key')
  })

  test('a field that gives the answer away', async () => {
    const path = file(
      'leak.csv',
      csv(
        k => `${(k * 37) % 11},${k % 2},${k % 2 ? `r${k % 4}` : ''},${(k % 2) * 10 + (k % 7) / 7}`,
        600,
        'x,y,refund_id,late fee',
      ),
    )
    const leaks = (await prepare(path)).warnings.filter(warning => warning.code === 'data/leak')
    expect(leaks).toEqual([
      {
        code: 'data/leak',
        message: `'refund_id' alone gives AUC 1.000; known when you predict?`,
        try: '--ignore refund_id',
        fields: ['refund_id'],
      },
      {
        code: 'data/leak',
        message: `'late fee' alone gives AUC 1.000; known when you predict?`,
        try: '--ignore "late fee"',
        fields: ['late fee'],
      },
    ])
  })

  test('no leak is seen in noise of many values', async () => {
    const path = file(
      'noise.csv',
      csv(k => `v${(k * 7919) % 1500},${(k * 104729) % 97 < 40 ? 1 : 0}`, 6000),
    )
    expect((await prepare(path, { minCount: 1 })).warnings.filter(warning => warning.code === 'data/leak')).toEqual([])
  })

  test('one class in a thousand', async () => {
    const table = await prepare(
      file(
        'rare.csv',
        csv(k => `${(k * 31) % 977},${k % 1000 === 500 ? 1 : 0}`, 20_000),
      ),
    )
    const share = table.train.rows / table.train.targets[0]!.reduce((a, b) => a + b, 0)
    expect(table.warnings).toContainEqual(
      expect.objectContaining({
        code: 'data/imbalance',
        message: `1 positive in ${Math.round(share).toLocaleString('en-US')}; precision and recall are shown first`,
      }),
    )
  })
})

describe('options that do not fit', () => {
  const path = file('fine.csv', fine)
  test.each([
    [{ split: 'halves' }, 'option/invalid'],
    [{ types: { x: 'colour' } }, 'option/invalid'],
    [{ roles: { ghost: ['x'] } }, 'option/invalid'],
    [{ numericScaling: 'log' as 'none' }, 'option/invalid'],
    [{ split: 'given:x' }, 'data/split'],
    [{ reader: { format: 'excel' as 'csv' } }, 'option/invalid'],
  ])('%j', async (options, code) => {
    await expect(prepare(path, options)).rejects.toMatchObject({ code })
  })
})

test('paths in results are relative, and no cell of the fault lists names this machine', async () => {
  const table = await prepare(file('rel.csv', fine))
  expect(table.inputs[0]!.path.startsWith('/')).toBe(false)
  expect(table.inputs[0]).toMatchObject({ bytes: fine.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
})

test('an aborted signal stops it', async () => {
  const controller = new AbortController()
  const running = prepareTable('node_modules/vega-datasets/data/flights-3m.parquet', {
    cache: false,
    target: ['late = delay > 15'],
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
})
