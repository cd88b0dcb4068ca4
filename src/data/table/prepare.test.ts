import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveInput } from '../datasets/resolve.ts'
import { Database } from './database.ts'
import type { EncodedTable } from './encoded.ts'
import { encodeRows } from './encode-rows.ts'
import { modelFields, type Encoding } from './encoding.ts'
import { prepareTable, type PreparedTable, type PrepareOptions } from './prepare.ts'
import { splitHash } from './split.ts'

const folder = mkdtempSync(join(tmpdir(), 'prepare-test-'))
let files = 0
function file(text: string, name = 'a.csv'): string {
  const path = join(folder, `${files++}-${name}`)
  writeFileSync(path, text)
  return path
}

const prepare = (input: string, options: PrepareOptions) =>
  prepareTable(input, { cache: false, threads: 2, ...options })

/** Cells of a delimited file as they stand: every value text. */
async function rawRows(path: string): Promise<Record<string, string | null>[]> {
  const database = await Database.open()
  try {
    return await database.select(`SELECT * FROM read_csv('${path}', all_varchar = true, header = true)`)
  } finally {
    database.close()
  }
}

function rowsOf(table: EncodedTable, at: number) {
  const width = (array: { length: number }) => array.length / table.rows
  const slice = (array: Int32Array | Float32Array, w: number) => [...array.subarray(at * w, (at + 1) * w)]
  return {
    categorical: slice(table.categorical, width(table.categorical)),
    numeric: slice(table.numeric, width(table.numeric)),
    sequences: table.sequences.map(sequence => slice(sequence.ids, sequence.length)),
  }
}

/** Every row of every split, encoded again one by one from its raw cells. */
function expectRowsEqual(prepared: PreparedTable, raw: Record<string, unknown>[]): number {
  // What the bundle holds is JSON.
  const encoding = JSON.parse(JSON.stringify(prepared.encoding)) as Encoding
  let compared = 0
  for (const table of [prepared.train, prepared.valid, prepared.test]) {
    const again = encodeRows(
      encoding,
      Array.from(table.rowNumber, row => raw[row - 1]!),
    )
    for (let at = 0; at < table.rows; at++, compared++) expect(rowsOf(again, at)).toEqual(rowsOf(table, at))
  }
  return compared
}

describe('birdstrikes', () => {
  const load = () => prepare('data:birdstrikes', {})

  test('takes target, ignored fields and types from its recipe', async () => {
    const table = await load()
    expect(table.encoding.outputs).toEqual([
      {
        name: 'damage',
        kind: 'probability',
        classes: ['no', 'yes'],
        expression: `"Effect Amount of damage" <> 'None'`,
      },
    ])
    const role = Object.fromEntries(table.schema.fields.map(field => [field.name, field.role]))
    expect(role).toMatchObject({
      'Cost Other': 'ignored',
      'Effect Amount of damage': 'ignored',
      'Wildlife Size': 'input',
    })
    const inputs = table.schema.fields.filter(field => field.role === 'input')
    expect(inputs.filter(field => field.type === 'categorical')).toHaveLength(8)
    expect(inputs.filter(field => field.type === 'numeric').map(field => field.name)).toEqual(['Speed IAS in knots'])
    expect(inputs.filter(field => field.type === 'timestamp').map(field => field.name)).toEqual(['Flight Date'])
    const positives = [table.train, table.valid, table.test].reduce(
      (sum, split) => sum + split.targets[0]!.reduce((a, b) => a + b, 0),
      0,
    )
    expect(positives).toBe(10_000 - 8_939)
  })

  test('splits by the hash of seed and row number', async () => {
    const table = await load()
    const expected = [[], [], []] as number[][]
    for (let row = 1; row <= 10_000; row++) {
      const share = splitHash(1, row) / 2 ** 32
      expected[share < 0.7 ? 0 : share < 0.8 ? 1 : 2]!.push(row)
    }
    expect([table.train, table.valid, table.test].map(split => [...split.rowNumber])).toEqual(expected)
    expect(table.split.rows).toEqual({
      train: expected[0]!.length,
      valid: expected[1]!.length,
      test: expected[2]!.length,
    })
  })

  test('encodes every row as encodeRows does', async () => {
    const raw = await rawRows(resolveInput('data:birdstrikes').input as string)
    expect(expectRowsEqual(await load(), raw)).toBe(10_000)
  })

  test('is the same for one thread and two', async () => {
    const one = await prepare('data:birdstrikes', { threads: 1 })
    const two = await load()
    expect(two.encoding).toEqual(one.encoding)
    expect(two.train).toEqual(one.train)
    expect(two.profile).toEqual(one.profile)
  })
})

describe('vocabularies', () => {
  const text = [
    'key,city,n,split',
    'a,Paris,1,train',
    'a,Rome,2,train',
    'b,Rome,1,train',
    'b,Oslo,3,train',
    'a,,2,train',
  ]
    .concat(['b,Bern,3,valid', 'a,Paris,1,test', 'a,Rome,9,test'])
    .join('\n')

  test('order by count, then value; unknown is last, padding 0', async () => {
    const table = await prepare(file(text), {
      target: ['key'],
      split: 'given:split',
      types: { n: 'categorical' },
      minCount: 1,
    })
    const [city, n] = table.encoding.fields
    expect(city).toMatchObject({ name: 'city', values: ['Rome', 'Oslo', 'Paris'], pad: 0, unknown: 4 })
    expect(n).toMatchObject({ name: 'n', values: ['1', '2', '3'], unknown: 4 })
    expect(modelFields(table.encoding).map(field => field.size)).toEqual([5, 5])
    // Oslo is 2, a missing city is unknown; the second field starts at 5.
    expect([...table.train.categorical]).toEqual([3, 6, 1, 7, 1, 6, 2, 8, 4, 7])
    // Bern and 9 were not in the training rows.
    expect([...table.valid.categorical]).toEqual([4, 8])
    expect([...table.test.categorical]).toEqual([3, 6, 1, 9])
    expect(table.encoding.outputs[0]).toMatchObject({ kind: 'probability', classes: ['a', 'b'] })
    expect([...table.train.targets[0]!]).toEqual([0, 0, 1, 1, 0])
  })

  test('drop rarer values than the minimum count, and say so', async () => {
    const table = await prepare(file(text), {
      target: ['key'],
      split: 'given:split',
      types: { n: 'categorical' },
      minCount: 2,
    })
    expect(table.encoding.fields[0]).toMatchObject({ values: ['Rome'], unknown: 2 })
    expect(table.warnings.find(warning => warning.code === 'data/rare-values')?.message).toBe(
      'city: 2 values seen once share one code',
    )
  })
})

describe('numbers', () => {
  const values = [-3, 0, 0.5, 1, 2, 2.5, 10, 1000, '', 7]
  const text = ['x,y', ...values.map((value, k) => `${value},${k % 2}`)].join('\n')
  const options: PrepareOptions = { target: ['y'], split: 'given:s' }
  const withSplit = (body: string) =>
    body
      .split('\n')
      .map((line, k) => `${line},${k === 0 ? 's' : k < 9 ? 'train' : k === 9 ? 'valid' : 'test'}`)
      .join('\n')

  test('standard scaling: population deviation of the training rows, missing is 0', async () => {
    const table = await prepare(file(withSplit(text)), options)
    const train = [-3, 0, 0.5, 1, 2, 2.5, 10, 1000]
    const mean = train.reduce((a, b) => a + b) / 8
    const deviation = Math.sqrt(train.reduce((a, b) => a + (b - mean) ** 2, 0) / 8)
    const field = table.encoding.fields[0]! as unknown as { scale: { mean: number; deviation: number } }
    expect(field.scale.mean).toBeCloseTo(mean, 10)
    expect(field.scale.deviation).toBeCloseTo(deviation, 10)
    expect(table.valid.numeric[0]).toBe(0)
    expect(table.test.numeric[0]).toBe(Math.fround((7 - field.scale.mean) / field.scale.deviation))
  })

  test('minmax', async () => {
    const table = await prepare(file(withSplit(text)), { ...options, numericScaling: 'minmax' })
    expect(table.train.numeric[0]).toBe(0)
    expect(table.train.numeric[7]).toBe(1)
  })

  test('log-square buckets: v > 2 -> floor(ln(v)^2), else trunc(v)', async () => {
    const table = await prepare(file(withSplit(text)), { ...options, numericScaling: 'log-square', minCount: 1 })
    // -3 0 0 1 2 0 5 47: ln(2.5)^2 = 0.84, ln(10)^2 = 5.3, ln(1000)^2 = 47.7
    expect(table.encoding.fields[0]).toMatchObject({
      type: 'bucket',
      values: ['0', '-3', '1', '2', '5', '47'],
      unknown: 7,
    })
    expect([...table.train.categorical]).toEqual([2, 1, 1, 3, 4, 1, 5, 6])
    expect(table.test.categorical[0]).toBe(7) // ln(7)^2 = 3.8, a bucket no training row has
  })

  test('quantile: centred ranks of unit deviation', async () => {
    const lines = ['x,y,s', ...Array.from({ length: 1001 }, (_, k) => `${k * k},${k % 2},train`), '250000,1,valid']
    const table = await prepare(file(lines.join('\n')), { ...options, numericScaling: 'quantile' })
    expect(table.valid.numeric[0]).toBeCloseTo(0, 2)
    expect(table.train.numeric[0]).toBeCloseTo(-Math.sqrt(3), 5)
    expect(table.train.numeric[1000]).toBeCloseTo(Math.sqrt(3), 5)
  })
})

test('moments give calendar parts that vary and a scaled time', async () => {
  const text = [
    'when,y,s',
    '2024-01-07 10:30:00,0,train',
    '2024-02-06T22:00,1,train',
    '2024-01-08 10:00,0,train',
    '2024-05-05,1,valid',
  ].join('\n')
  const path = file(text)
  const table = await prepare(path, { target: ['y'], split: 'given:s' })
  expect(table.spec.fields.map(field => field.name)).toEqual(['when month', 'when weekday', 'when hour', 'when'])
  expect(table.encoding.fields[0]).toMatchObject({
    parts: [
      { part: 'month', values: ['1', '2'] },
      { part: 'weekday', values: ['0', '1', '2'] },
      { part: 'hour', values: ['10', '22'] },
    ],
  })
  expectRowsEqual(table, await rawRows(path))
})

test('lists: joined by ^, cut to their last values, padded at the end', async () => {
  const path = file(['history,y,s', 'a^b,0,train', 'b^c^a,1,train', ',0,train', 'c^z^b,1,valid', 'b,0,test'].join('\n'))
  const table = await prepare(path, { target: ['y'], split: 'given:s', maxSequenceLength: 2, minCount: 1 })
  // counts a 2, b 2, c 1
  expect(table.encoding.fields[0]).toMatchObject({
    type: 'sequence',
    values: ['a', 'b', 'c'],
    unknown: 4,
    length: 2,
    separator: '^',
  })
  expect([...table.train.sequences[0]!.ids]).toEqual([1, 2, 3, 1, 0, 0])
  expect([...table.valid.sequences[0]!.ids]).toEqual([4, 2])
  expect([...table.test.sequences[0]!.ids]).toEqual([2, 0])
  expectRowsEqual(table, await rawRows(path))
})

describe('splits', () => {
  const lines = Array.from({ length: 200 }, (_, k) => `${(k * 37) % 200},u${k % 20},${k % 3 === 0 ? 1 : 0},${k}`)
  const path = file(['time_step,user,y,x', ...lines].join('\n'))
  const of = (table: PreparedTable) => [table.train, table.valid, table.test].map(split => [...split.rowNumber])
  const time = (row: number) => ((row - 1) * 37) % 200

  test('time keeps later rows out of training', async () => {
    const [train, valid, testRows] = of(await prepare(path, { target: ['y'], split: 'time:time_step' }))
    expect([train!.length, valid!.length, testRows!.length]).toEqual([140, 20, 40])
    expect(Math.max(...train!.map(time))).toBeLessThan(Math.min(...valid!.map(time)))
    expect(Math.max(...valid!.map(time))).toBeLessThan(Math.min(...testRows!.map(time)))
  })

  test('key keeps a key whole', async () => {
    const splits = of(await prepare(path, { target: ['y'], split: 'key:user', seed: 3 }))
    const users = splits.map(rows => new Set(rows.map(row => (row - 1) % 20)))
    expect([...users[0]!].filter(user => users[1]!.has(user) || users[2]!.has(user))).toEqual([])
    expect(splits.flat()).toHaveLength(200)
  })

  test('seeds differ', async () => {
    const a = of(await prepare(path, { target: ['y'], seed: 1 }))
    const b = of(await prepare(path, { target: ['y'], seed: 2 }))
    expect(a).not.toEqual(b)
  })
})

test('a condition selects rows and keeps their numbers', async () => {
  const path = file(['x,y,keep', ...Array.from({ length: 60 }, (_, k) => `${k},${k % 2},${k % 3}`)].join('\n'))
  const table = await prepare(path, { target: ['y'], where: 'keep = 1 AND y IS NOT NULL', ignore: ['keep'] })
  const rows = [table.train, table.valid, table.test].flatMap(split => [...split.rowNumber])
  expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, k) => 3 * k + 2))
})

test('groups are numbered in order of value', async () => {
  const path = file(['user,x,y,s', 'b,1,0,train', 'a,2,1,train', 'b,3,1,train', 'c,3,1,valid'].join('\n'))
  const table = await prepare(path, {
    target: ['y'],
    split: 'given:s',
    types: { user: 'meta' },
    roles: { group: ['user'] },
  })
  expect(table.encoding.fields.map(field => field.name)).toEqual(['x'])
  expect([...table.train.group!]).toEqual([2, 1, 2])
  expect([...table.valid.group!]).toEqual([3])
})

test('several targets, one regression: mean and deviation of the training rows', async () => {
  const path = file(['x,price,kind,s', '1,10,a,train', '2,20,b,train', '3,60,c,train', '4,5,a,valid'].join('\n'))
  const table = await prepare(path, { target: ['price', 'kind'], split: 'given:s' })
  expect(table.spec.targets).toEqual([
    { name: 'price', kind: 'regression', mean: 30, deviation: Math.sqrt(1400 / 3) },
    { name: 'kind', kind: 'multiclass', classes: ['a', 'b', 'c'] },
  ])
  expect(table.train.targets.map(target => [...target])).toEqual([
    [10, 20, 60],
    [0, 1, 2],
  ])
})

test('a second call comes from the cache, and is the same', async () => {
  process.env['INTERPLAY_HOME'] = join(folder, 'home')
  const first = await prepareTable('data:birdstrikes', {})
  const second = await prepareTable('data:birdstrikes', {})
  delete process.env['INTERPLAY_HOME']
  expect(second).toEqual(first)
  expect(second.train.categorical.buffer).not.toBe(first.train.categorical.buffer)
})

describe('a sequence with the values of a category', () => {
  const rows = (item: (i: number) => string) =>
    Array.from({ length: 60 }, (_, i) => `${item(i)},${item(i + 1)}^${item(i + 7)}^only${i % 2},${i % 2}`)

  test.each([
    ['text', (i: number) => `v${i % 11}`],
    ['numbers', (i: number) => `${10 + (i % 11)}`],
  ])('has its ids, and serves them to raw rows: %s', async (_, item) => {
    const path = file(['item,history,y', ...rows(item)].join('\n'))
    const types = { item: 'categorical', history: 'sequence:^' }
    const prepared = await prepare(path, { target: ['y'], types, vocabulary: { history: 'item' }, minCount: 1 })
    const [values, list] = prepared.encoding.fields as { values: string[]; unknown: number; vocabulary?: string }[]
    expect(list!.vocabulary).toBe('item')
    expect(list!.values).toEqual(values!.values)
    expect(values!.values).toContain('only0')
    expect(modelFields(prepared.encoding)[1]).toMatchObject({ size: 15, vocabulary: 'item' })
    const [first] = prepared.train.sequences
    const id = first!.ids[0]!
    const place = prepared.train.rowNumber[0]! - 1
    expect(values!.values[id - 1]).toBe(item(place + 1))
    expect(expectRowsEqual(prepared, await rawRows(path))).toBe(60)
  })

  test('is refused where there are no such fields', async () => {
    const path = file(['item,history,y', ...rows(i => `v${i % 11}`)].join('\n'))
    const types = { item: 'categorical', history: 'sequence:^' }
    const attempt = (vocabulary: Record<string, string>) => prepare(path, { target: ['y'], types, vocabulary })
    await expect(attempt({ histories: 'item' })).rejects.toMatchObject({ code: 'data/unknown-field' })
    await expect(attempt({ item: 'history' })).rejects.toMatchObject({ code: 'option/conflict' })
    await expect(attempt({ history: 'y' })).rejects.toMatchObject({ code: 'option/conflict' })
  })
})
