import { InterplayError } from '../../errors/index.ts'
import { ofField } from './by-field.ts'
import { chooseType } from './choose-type.ts'
import { columnKind, doubleOf, textOf, trimmedText } from './column-kinds.ts'
import type { Database } from './database.ts'
import { givenColumn, rowColumn, type Warning } from './readers/source.ts'
import type { FieldSchema, Schema, Storage } from './schema.ts'
import { identifier } from './sql.ts'
import { formsOf, isCategory, settledForm, type TextForm } from './text-forms.ts'

/** Rows looked at first, to drop the forms a text column plainly does not have. */
const sampleRows = 500
/** Columns of more values than this have their values estimated, not counted. */
const mostCounted = 100_000

interface Column {
  name: string
  /** Expression of the typed value over the source relation. */
  expression: string
  storage: Storage
}

/**
 * Settles how each column is read (over every row) and makes the relation `typed`: the source's columns under their own
 * names as DOUBLE, BOOLEAN, TIMESTAMP, VARCHAR[] or trimmed VARCHAR with empty text as NULL, and `#row`. A source that
 * is a table is dropped; over a Parquet file `typed` is a view, unless text in it has to be parsed.
 */
export async function inferSchema(
  database: Database,
  source: string,
  typed: string,
  types: Record<string, string> = {},
  progress?: (done: number, total: number) => void,
): Promise<{ schema: Schema; warnings: Warning[] }> {
  const described = await database.select<{ column_name: string; column_type: string }>(
    `DESCRIBE ${identifier(source)}`,
  )
  const own: string[] = described
    .map(column => column.column_name)
    .filter(name => name === rowColumn || name === givenColumn)
  const columns = described.filter(column => !own.includes(column.column_name))
  const texts = columns.filter(column => columnKind(column.column_type) === 'text').map(column => column.column_name)
  const forms = await settleTexts(database, source, texts, types)
  const settled: Column[] = []
  for (const { column_name: name, column_type: type } of columns) {
    const moment = ['timestamp', 'list'].includes(columnKind(type))
    settled.push(
      forms.get(name) ??
        (moment && isCategory(ofField(types, name))
          ? { name, expression: textOf(name), storage: { kind: 'text' } }
          : await nativeColumn(database, source, name, type)),
    )
  }
  const list = settled.map(column => `${column.expression} AS ${identifier(column.name)}`).join(',\n')
  const parsed = texts.some(name => forms.get(name)!.storage.kind !== 'text')
  const stored = await database.isStored(source)
  await database.run(
    `CREATE ${parsed || stored ? 'TABLE' : 'VIEW'} ${identifier(typed)} AS SELECT ${own.map(identifier).join(', ')}, ${list} FROM ${identifier(source)}`,
  )
  await database.discard(source)
  const { rows } = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${identifier(typed)}`)
  if (rows === 0) throw new InterplayError('data/empty', 'the table has no rows')
  const fields: FieldSchema[] = []
  const measured = await measure(database, typed, settled)
  for (const [k, column] of settled.entries()) {
    fields.push(await describe(database, typed, column, rows, measured[k]!))
    progress?.(k + 1, settled.length)
  }
  return { schema: { rows, fields }, warnings: [] }
}

async function nativeColumn(database: Database, source: string, name: string, type: string): Promise<Column> {
  const column = identifier(name)
  switch (columnKind(type)) {
    case 'boolean':
      return { name, expression: column, storage: { kind: 'boolean' } }
    case 'timestamp':
      return { name, expression: `CAST(${column} AS TIMESTAMP)`, storage: { kind: 'timestamp', format: 'iso' } }
    case 'list':
      return { name, expression: `CAST(${column} AS VARCHAR[])`, storage: { kind: 'list', separator: 'json' } }
    case 'number': {
      const expression = doubleOf(name, type)
      const { whole } = await database.one<{ whole: boolean | null }>(
        `SELECT bool_and(value = trunc(value) AND abs(value) < 9007199254740992) AS whole
          FROM (SELECT ${expression} AS value FROM ${identifier(source)})`,
      )
      return { name, expression, storage: { kind: 'number', whole: whole ?? true } }
    }
    case 'integer': {
      const { safe } = await database.one<{ safe: boolean | null }>(
        `SELECT max(${column}) <= 9007199254740991 AND min(${column}) >= -9007199254740991 AS safe FROM ${identifier(source)}`,
      )
      if (safe ?? true) return { name, expression: doubleOf(name, type), storage: { kind: 'number', whole: true } }
      return { name, expression: `CAST(${column} AS VARCHAR)`, storage: { kind: 'text' } }
    }
    default:
      return { name, expression: textOf(name), storage: { kind: 'text' } }
  }
}

async function settleTexts(
  database: Database,
  source: string,
  names: string[],
  types: Record<string, string>,
): Promise<Map<string, Column>> {
  if (names.length === 0) return new Map()
  const list = names.map(name => `${trimmedText(identifier(name))} AS ${identifier(name)}`).join(', ')
  const sample = await database.select<Record<string, string | null>>(
    `SELECT ${list} FROM ${identifier(source)} LIMIT ${sampleRows}`,
  )
  const possible = names.map(name => {
    const cells = sample.map(row => row[name]).filter(cell => cell != null && cell !== '') as string[]
    return { name, forms: formsOf(ofField(types, name)).filter(form => cells.every(form.accepts)) }
  })
  const counts = await countForms(database, source, possible)
  return new Map(
    possible.map(({ name, forms }, k) => {
      const { present, found } = counts[k]!
      const { form, storage } = settledForm(forms, present, found)
      return [name, { name, expression: form.expression(identifier(name)), storage }]
    }),
  )
}

/** The tests of every form over all rows, in one query. */
async function countForms(
  database: Database,
  source: string,
  columns: { name: string; forms: TextForm[] }[],
): Promise<{ present: number; found: number[][] }[]> {
  const selections = columns.flatMap(({ name, forms }, k) => {
    const tests = forms.flatMap((form, f) =>
      form.tests(identifier(name), `value${k}_${f}`).map((test, t) => `${test} AS f${k}_${f}_${t}`),
    )
    return [`count(nullif(${identifier(name)}, '')) AS n${k}`, ...tests]
  })
  const values = columns.flatMap(({ name, forms }, k) =>
    forms.flatMap((form, f) => (form.value ? [`${form.value(identifier(name))} AS value${k}_${f}`] : [])),
  )
  const trimmed = columns.map(({ name }) => `${trimmedText(identifier(name))} AS ${identifier(name)}`).join(', ')
  const row = await database.one<Record<string, number>>(
    `SELECT ${selections.join(', ')} FROM
      (SELECT ${['*', ...values].join(', ')} FROM (SELECT ${trimmed} FROM ${identifier(source)}))`,
  )
  return columns.map(({ forms }, k) => ({
    present: row[`n${k}`]!,
    found: forms.map((form, f) => form.tests('', '').map((_, t) => row[`f${k}_${f}_${t}`]!)),
  }))
}

interface Measure {
  present: number
  distinct: number
  minimum: number | null
  maximum: number | null
  length: number | null
}

async function measure(database: Database, typed: string, columns: Column[]): Promise<Measure[]> {
  const selections = columns.flatMap((column, k) => {
    const value = scalar(column)
    const numeric = column.storage.kind === 'number' || column.storage.kind === 'timestamp'
    return [
      `count(${identifier(column.name)}) AS present${k}`,
      `approx_count_distinct(${value}) AS distinct${k}`,
      numeric
        ? `min(${value}) AS minimum${k}, max(${value}) AS maximum${k}`
        : `NULL AS minimum${k}, NULL AS maximum${k}`,
      column.storage.kind === 'text' ? `avg(length(${value})) AS length${k}` : `NULL AS length${k}`,
    ]
  })
  const row = await database.one<Record<string, number>>(`SELECT ${selections.join(', ')} FROM ${identifier(typed)}`)
  return columns.map((_, k) => ({
    present: row[`present${k}`]!,
    distinct: row[`distinct${k}`]!,
    minimum: row[`minimum${k}`]!,
    maximum: row[`maximum${k}`]!,
    length: row[`length${k}`]!,
  }))
}

/** The value as counted: moments in seconds, lists as text. */
function scalar(column: Column): string {
  const name = identifier(column.name)
  if (column.storage.kind === 'timestamp') return `epoch(${name})`
  return column.storage.kind === 'list' ? `CAST(${name} AS VARCHAR)` : name
}

async function describe(
  database: Database,
  typed: string,
  column: Column,
  rows: number,
  found: Measure,
): Promise<FieldSchema> {
  let distinct = found.distinct
  let top: FieldSchema['top'] = []
  if (found.distinct <= mostCounted) {
    const value = column.storage.kind === 'timestamp' ? identifier(column.name) : scalar(column)
    const groups = await database.select<{ value: string; count: number; distinct: number }>(
      `SELECT CAST(value AS VARCHAR) AS value, count, count(*) OVER () AS distinct FROM
        (SELECT ${value} AS value, count(*) AS count FROM ${identifier(typed)} WHERE ${identifier(column.name)} IS NOT NULL GROUP BY 1)
        ORDER BY count DESC, value LIMIT 10`,
    )
    distinct = groups[0]?.distinct ?? 0
    const number = column.storage.kind === 'number'
    top = groups.map(group => ({ value: number ? String(Number(group.value)) : group.value, count: group.count }))
  }
  const { name, storage } = column
  const missing = rows - found.present
  const numbers = storage.kind === 'number' || storage.kind === 'timestamp'
  const range = numbers && found.present > 0 ? { minimum: found.minimum!, maximum: found.maximum! } : {}
  const choice = chooseType({ name, storage, rows, missing, distinct, ...range, length: found.length ?? undefined })
  return { name, ...choice, storage, distinct, missing, ...range, top }
}
