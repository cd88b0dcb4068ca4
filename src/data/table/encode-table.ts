import { resolveInput } from '../datasets/resolve.ts'
import { InterplayError } from '../../errors/index.ts'
import { absentFields, type AbsentField } from './absent.ts'
import { columnKind, doubleOf, textOf, type ColumnKind } from './column-kinds.ts'
import { Database } from './database.ts'
import { encodeColumns, type ColumnSource } from './encode-columns.ts'
import type { EncodedTable } from './encoded.ts'
import type { Encoding, FieldEncoding } from './encoding.ts'
import { idFinder } from './ids.ts'
import { encodeNumbers } from './number-codes.ts'
import { readNumbers } from './numbers.ts'
import { load, nameOf, type OpenOptions } from './open.ts'
import { missingWords } from './cells.ts'
import { rowColumn } from './readers/source.ts'
import { itemsOf, type Placement } from './rows.ts'
import { identifier, literal } from './sql.ts'
import { formOf } from './text-forms.ts'

export interface EncodeTableOptions extends OpenOptions {
  /** Rows a chunk holds at most. Default 262,144. */
  chunkRows?: number
}

export interface EncodedChunk {
  /** Rows in the order of the input; no targets. */
  table: EncodedTable
  /** By field: cells of this chunk whose value is not in the training vocabulary. */
  unseen: Record<string, number>
  /** Fields that the input does not have; each is missing in every row. The same in every chunk. */
  absent: AbsentField[]
}

/** The relation of the input's cells, read as the encoding says: `#row`, `c0`, `c1` ... */
const cells = 'cells'

/**
 * Encodes a whole input, as `encodeRows` would row by row, in chunks: memory does not grow with the input. Columns the
 * encoding does not know are left out; a known one that is absent is missing in every row.
 * @throws InterplayError as `openTable`; `data/unknown-field` where all are absent; `request/invalid` when cells are of the wrong type or required ones are missing,
 * naming field, count and first row
 */
export async function* encodeTable(
  encoding: Encoding,
  input: string,
  options: EncodeTableOptions = {},
): AsyncGenerator<EncodedChunk> {
  const database = await Database.open(options)
  try {
    const resolved = resolveInput(input)
    if (typeof resolved.input !== 'string')
      throw new InterplayError('data/not-found', `'${input}' is split over several files; name one of them`)
    const reader = { ...resolved.recipe?.options.reader, ...options.reader }
    await load(database, 'source', resolved.input, { ...options, reader })
    const { fields, absent } = await readCells(database, encoding, nameOf(resolved.input))
    await writeVocabularies(database, fields)
    const { last } = await database.one<{ last: number }>(`SELECT max(${identifier(rowColumn)}) AS last FROM ${cells}`)
    const size = options.chunkRows ?? 1 << 18
    for (let first = 1; first <= last; first += size) {
      const chunk = await encodeChunk(database, fields, first, Math.min(last, first + size - 1))
      if (chunk.table.rows > 0) yield { ...chunk, absent }
      options.onProgress?.({ stage: 'encode', done: Math.min(last, first + size - 1), total: last })
    }
  } finally {
    database.close()
  }
}

async function readCells(
  database: Database,
  encoding: Encoding,
  name: string,
): Promise<{ fields: ColumnSource[]; absent: AbsentField[] }> {
  const described = await database.select<{ column_name: string; column_type: string }>('DESCRIBE source')
  const types = new Map(described.map(column => [column.column_name, column.column_type]))
  const fields = encoding.fields.map((field, k): ColumnSource => ({
    encoding: field,
    column: `c${k}`,
    vocabulary: `v${k}`,
  }))
  const absent = absentFields(
    name,
    encoding,
    [...types.keys()].filter(column => column !== rowColumn),
  )
  await refuseCells(database, encoding.fields, types)
  const list = fields.map(
    field => `${cellExpression(field.encoding, types.get(field.encoding.name))} AS ${field.column}`,
  )
  await database.run(`CREATE TABLE ${cells} AS SELECT ${[identifier(rowColumn), ...list].join(', ')} FROM source`)
  await database.discard('source')
  return { fields, absent }
}

/** SQL of a field's cells over the source: text, DOUBLE (seconds for moments) or VARCHAR[]. */
function cellExpression(field: FieldEncoding, type: string | undefined): string {
  const empty = {
    categorical: 'VARCHAR',
    numeric: 'DOUBLE',
    bucket: 'DOUBLE',
    timestamp: 'DOUBLE',
    sequence: 'VARCHAR[]',
  }
  if (type === undefined)
    return `NULL::${field.type === 'categorical' && field.cells === 'number' ? 'DOUBLE' : empty[field.type]}`
  const column = identifier(field.name)
  const kind = columnKind(type)
  switch (field.type) {
    case 'categorical':
      if (field.cells === 'number') return numberExpression(field.name, type)
      if (field.cells === 'boolean') return `lower(${textOf(field.name)})`
      if (kind === 'number')
        return `CASE WHEN ${column} = trunc(${column}) THEN CAST(CAST(${column} AS HUGEINT) AS VARCHAR) ELSE CAST(${column} AS VARCHAR) END`
      return textOf(field.name)
    case 'numeric':
    case 'bucket':
      return numberExpression(field.name, type)
    case 'timestamp':
      if (kind === 'timestamp') return `epoch(CAST(${column} AS TIMESTAMP))`
      if ((kind === 'integer' || kind === 'number') && /seconds$/.test(field.format))
        return `${doubleOf(field.name, type)} / ${field.format === 'milliseconds' ? 1000 : 1}`
      return `epoch(${formOf({ kind: 'timestamp', format: field.format }).expression(column)})`
    case 'sequence':
      if (kind === 'list') return `list_filter(CAST(${column} AS VARCHAR[]), lambda value: value IS NOT NULL)`
      return formOf({ kind: 'list', separator: field.separator }).expression(`CAST(${column} AS VARCHAR)`)
  }
}

function numberExpression(name: string, type: string): string {
  const kind = columnKind(type)
  if (kind === 'integer' || kind === 'number') return doubleOf(name, type)
  if (kind === 'boolean') return `CAST(CAST(${identifier(name)} AS INTEGER) AS DOUBLE)`
  return formOf({ kind: 'number', whole: false }).expression(`CAST(${identifier(name)} AS VARCHAR)`)
}

/** What a column holds, as a refusal says it. */
const kindWords: Record<ColumnKind, string> = {
  text: 'text',
  integer: 'a number',
  number: 'a number',
  boolean: 'true or false',
  timestamp: 'a moment',
  list: 'a list',
  nested: 'an object',
}

/** @throws InterplayError `request/invalid` */
async function refuseCells(database: Database, fields: FieldEncoding[], types: Map<string, string>): Promise<void> {
  const absent = `(${missingWords.map(literal).join(', ')})`
  const checks = fields.flatMap(field => {
    const type = types.get(field.name)
    const text = textOf(field.name)
    const found: { field: string; detail: string; condition: string }[] = []
    if (field.required)
      found.push({
        field: field.name,
        detail: 'is required',
        condition: type === undefined ? 'true' : `${text} IS NULL`,
      })
    if (type === undefined || (field.type !== 'numeric' && field.type !== 'bucket' && field.type !== 'timestamp'))
      return found
    const value = cellExpression(field, type)
    const moment = field.type === 'timestamp'
    if (!moment) found.push({ field: field.name, detail: 'must be finite', condition: `isinf(${value})` })
    const kind = columnKind(type)
    if (!(moment ? ['timestamp'] : ['integer', 'number', 'boolean']).includes(kind)) {
      const wanted = moment ? `a moment (${field.format})` : 'a number'
      found.push({
        field: field.name,
        detail: `must be ${wanted}, got ${kindWords[kind]}`,
        condition: `${value} IS NULL AND lower(${text}) NOT IN ${absent}`,
      })
    }
    return found
  })
  if (checks.length === 0) return
  const row = identifier(rowColumn)
  const counts = checks.map(
    ({ condition }, k) => `count(*) FILTER (${condition}) AS n${k}, min(${row}) FILTER (${condition}) AS f${k}`,
  )
  const result = await database.one<Record<string, number>>(`SELECT ${counts.join(', ')} FROM source`)
  const errors = checks.flatMap(({ field, detail }, k) =>
    result[`n${k}`]! > 0 ? [{ field, detail, rows: result[`n${k}`]!, row: result[`f${k}`]! }] : [],
  )
  if (errors.length === 0) return
  const first = errors[0]!
  throw new InterplayError('request/invalid', `row ${first.row}, '${first.field}' ${first.detail}`, {
    why: errors
      .map(error => `${error.field}: ${error.rows.toLocaleString('en-US')} ${error.rows === 1 ? 'row' : 'rows'}`)
      .join(', '),
    details: { errors },
  })
}

/** The tables the encoding's ids are joined from, by way of one file of JSON lines. */
async function writeVocabularies(database: Database, fields: ColumnSource[]): Promise<void> {
  for (const { encoding, column, vocabulary } of fields) {
    if (encoding.type !== 'categorical' && encoding.type !== 'sequence') continue
    const type = encoding.type === 'categorical' && encoding.cells === 'number' ? 'DOUBLE' : 'VARCHAR'
    const values = encoding.hashed ? await met(database, encoding, column) : encoding.values
    await database.fill(vocabulary, type, values, idFinder(encoding))
  }
}

/** The values that there are, as text. */
async function met(database: Database, { type }: FieldEncoding, column: string): Promise<string[]> {
  const value = type === 'sequence' ? `unnest(${column})` : column
  const rows = await database.select<{ value: string | number }>(
    `SELECT DISTINCT value FROM (SELECT ${value} AS value FROM ${cells}) WHERE value IS NOT NULL`,
  )
  return rows.map(row => String(row.value))
}

async function encodeChunk(
  database: Database,
  fields: ColumnSource[],
  first: number,
  last: number,
): Promise<Omit<EncodedChunk, 'absent'>> {
  const row = identifier(rowColumn)
  const where = `WHERE rows.${row} BETWEEN ${first} AND ${last}`
  const numbers: number[] = []
  for await (const chunk of database.stream(`SELECT ${row} FROM ${cells} AS rows ${where} ORDER BY 1`)) {
    const items = itemsOf(chunk, 0)
    for (let i = 0; i < items.length; i++) numbers.push(items[i]!)
  }
  const slots = new Int32Array(last - first + 1)
  numbers.forEach((number, slot) => (slots[number - first] = slot))
  const placement: Placement = { from: `${cells} AS rows`, where, key: `rows.${row}`, base: first, slots }
  const numeric = fields.filter(
    ({ encoding }) => encoding.type === 'numeric' || encoding.type === 'bucket' || encoding.type === 'timestamp',
  )
  const unseen: Record<string, number> = {}
  const coded = new Map<string, ColumnSource>()
  let next = 0
  for await (const raw of readNumbers(
    database,
    placement,
    numeric.map(field => field.column),
    Math.max(1, numbers.length),
  )) {
    const field = numeric[next++]!
    const { encoding } = field
    if (encoding.type === 'categorical' || encoding.type === 'sequence') continue
    const codes = encodeNumbers(encoding, raw)
    coded.set(field.column, { ...field, codes })
    const unknown =
      encoding.type === 'bucket'
        ? [encoding.unknown]
        : encoding.type === 'timestamp'
          ? encoding.parts.map(part => part.unknown)
          : []
    const strange = raw.reduce(
      (sum, value, i) => sum + (value === value && codes.ids.some((ids, k) => ids[i] === unknown[k]) ? 1 : 0),
      0,
    )
    if (strange > 0) unseen[encoding.name] = strange
  }
  Object.assign(unseen, await countUnseen(database, fields, placement))
  const table = await encodeColumns(
    database,
    placement,
    fields.map(field => coded.get(field.column) ?? field),
    { targets: [] },
    Int32Array.from(numbers),
  )
  return { table, unseen }
}

async function countUnseen(
  database: Database,
  fields: ColumnSource[],
  { from, where }: Placement,
): Promise<Record<string, number>> {
  const unseen: Record<string, number> = {}
  for (const { encoding, column, vocabulary } of fields) {
    if (encoding.type !== 'categorical' && encoding.type !== 'sequence') continue
    const values = encoding.type === 'sequence' ? `unnest(rows.${column}[-${encoding.length}:])` : `rows.${column}`
    const { count } = await database.one<{ count: number }>(
      `SELECT count(value) AS count FROM (SELECT ${values} AS value FROM ${from} ${where}) ANTI JOIN ${vocabulary} USING (value)`,
    )
    if (count > 0) unseen[encoding.name] = count
  }
  return unseen
}
