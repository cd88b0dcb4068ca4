import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { csvParse } from 'd3-dsv'
import { afterAll, describe, expect, it } from 'vitest'
import { Random } from '../../../random/index.ts'
import { datasets } from '../../datasets/catalogue.ts'
import { locateFile } from '../../datasets/locate.ts'
import { prepareTable, type PreparedTable } from '../prepare.ts'
import { prepareRows, type PreparedRows } from './prepare-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-rows-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the two ways must agree in, bit for bit. */
function comparable(table: PreparedTable | PreparedRows) {
  const { encoding, spec, train, valid, test, split, schema, warnings } = table
  const outputs = encoding.outputs.map(({ expression: _, ...output }) => output)
  const fields = schema.fields.map(({ name, type, role, flags, distinct, missing, minimum, maximum, storage }) => {
    return { name, type, role, flags, distinct, missing, minimum, maximum, storage }
  })
  return { encoding: { ...encoding, outputs, group: undefined }, spec, train, valid, test, split, fields, warnings }
}

const odd = ['', 'n/a', ' x ', '👍', '\uffee', '0.5', '-']

function messy(rows: number): Record<string, string>[] {
  const random = new Random(3, 'messy')
  const pick = (values: readonly string[]) => values[random.integer(values.length)]!
  return Array.from({ length: rows }, (_, i) => ({
    row_id: String(i + 1),
    city: pick(['Paris', 'Rome', 'Oslo', 'Bern', ...odd]),
    code: String(random.integer(12)),
    amount: pick(['NA', String(Math.round(random.normal() * 1e4) / 100), `${random.integer(9)}.5e1`]),
    count: String(random.integer(100_000)),
    open: pick(['true', 'False', 'TRUE', '']),
    day: `${1 + random.integer(12)}/${1 + random.integer(28)}/2020 ${random.integer(24)}:05`,
    at: `2021-0${1 + random.integer(9)}-11T${10 + random.integer(9)}:00:00.25Z`,
    seen: Array.from({ length: random.integer(4) }, () => `i${random.integer(9)}`).join('^'),
    zip: pick(['01234', '94110', '10115']),
    empty: '',
    answer: pick(['no', 'yes', 'maybe']),
    price: String(random.uniform() * 100),
  }))
}

function csvOf(rows: readonly Record<string, string>[]): string {
  const path = join(folder, `rows-${rows.length}-${Object.keys(rows[0]!).length}.csv`)
  const lines = [Object.keys(rows[0]!), ...rows.map(row => Object.values(row))]
  writeFileSync(path, `${lines.map(line => line.map(cell => `"${cell}"`).join(',')).join('\n')}\n`)
  return path
}

const birdstrikes = datasets.find(({ name }) => name === 'birdstrikes')!
const found = locateFile(birdstrikes, birdstrikes.files[0]!)

describe('rows in memory', () => {
  it.skipIf(!found)('birdstrikes is what its file gives', async () => {
    const rows = csvParse(readFileSync(found!.path, 'utf8'))
    const { ignore, types } = birdstrikes.recipe!.options
    const cause = 'Effect Amount of damage'
    const target = {
      name: 'damage',
      reads: [cause],
      value: (row: Readonly<Record<string, unknown>>) => row[cause] !== 'None',
    }
    const table = await prepareTable('data:birdstrikes', { cache: false })
    expect(comparable(prepareRows(rows, { target, ignore, types }))).toEqual(comparable(table))
  })

  it.each(['answer', 'price', 'open'])('a table of every kind is what its file gives, target %s', async target => {
    const rows = messy(700).filter(row => row.open !== '')
    const options = { types: { count: 'numeric:log-square', code: 'numeric' }, seed: 4, minCount: 3 }
    const table = await prepareTable(csvOf(rows), { target: [target], cache: false, ...options })
    const here = prepareRows(rows, { target, ...options, name: table.name })
    expect(here.spec.fields.length).toBeGreaterThan(8)
    expect(comparable(here)).toEqual(comparable(table))
  })

  it('typed cells are read as their text is', () => {
    const rows = messy(300).filter(row => row.open !== '')
    const typed = rows.map(row => ({
      ...row,
      code: Number(row.code),
      open: row.open!.toLowerCase() === 'true',
      at: new Date(row.at!),
      price: Number(row.price),
      empty: null,
    }))
    expect(comparable(prepareRows(typed, { target: 'price' }))).toEqual(
      comparable(prepareRows(rows, { target: 'price' })),
    )
  })

  it.each([
    ['no rows', [], { target: 'y' }, 'data/empty'],
    ['a field that is not there', messy(9), { target: 'prize' }, 'data/unknown-field'],
    ['no target', messy(9), { target: '' }, 'data/target-missing'],
    ['an empty target', messy(9), { target: 'empty' }, 'data/target-null'],
    [
      'a constant target',
      messy(60).map(row => ({ ...row, answer: 'no' })),
      { target: 'answer' },
      'data/target-constant',
    ],
    ['too few rows', messy(1), { target: 'price' }, 'data/split'],
    ['text among numbers', messy(60), { target: 'price', types: { city: 'numeric' } }, 'data/type'],
    [
      'an infinite number',
      messy(60).map((row, i) => ({ ...row, amount: i === 7 ? 'inf' : row.amount! })),
      { target: 'price' },
      'data/not-finite',
    ],
    ['only a target', messy(60).map(({ price }) => ({ price })), { target: 'price' }, 'data/no-inputs'],
    ['too many values', messy(60), { target: 'price', maxValues: 3 }, 'data/too-many-values'],
  ])('%s is refused', (_, rows, options, code) => {
    expect(() => prepareRows(rows, options)).toThrow(expect.objectContaining({ code }))
  })

  it('a cell of no use is named by the number of its row', () => {
    const rows = messy(60).map((row, i) => (i === 41 ? { ...row, city: { name: 'Rome' } } : row))
    expect(() => prepareRows(rows, { target: 'price', types: { city: 'categorical' } })).toThrow(
      expect.objectContaining({ code: 'data/type', message: "row 42, 'city' must be text, got an object" }),
    )
  })
})
