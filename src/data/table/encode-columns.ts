import type { Database } from './database.ts'
import type { EncodedTable } from './encoded.ts'
import { modelFields, type FieldEncoding } from './encoding.ts'
import type { NumberCodes } from './number-codes.ts'
import { itemsOf, scatter, type Placement } from './rows.ts'

/** A field and what encodes it: a column with a table of `value` and `id` for categories, else codes of all rows. */
export interface ColumnSource {
  encoding: FieldEncoding
  column: string
  vocabulary: string
  codes?: NumberCodes
}

/** Values beside the inputs, as SQL over `rows`. */
export interface ExtraColumns {
  targets: string[]
  group?: { select: string; join: string }
}

/**
 * Encodes rows of a relation in one pass of column batches, and one for each sequence field: the ids of categories come
 * from joins with their vocabularies.
 */
export async function encodeColumns(
  database: Database,
  placement: Placement,
  fields: readonly ColumnSource[],
  extra: ExtraColumns,
  rowNumber: Int32Array,
  onRows: (rows: number) => void = () => {},
): Promise<EncodedTable> {
  const table = emptyTable(fields, extra, rowNumber)
  const joined = placeCodes(table, fields)
  await placeJoined(database, table, joined, extra, placement, onRows)
  const sequences = fields.filter(field => field.encoding.type === 'sequence')
  for (const [k, field] of sequences.entries()) await placeSequence(database, table.sequences[k]!, field, placement)
  return table
}

function emptyTable(fields: readonly ColumnSource[], extra: ExtraColumns, rowNumber: Int32Array): EncodedTable {
  const specs = specsOf(fields)
  const rows = rowNumber.length
  return {
    rows,
    categorical: new Int32Array(rows * specs.filter(spec => spec.type === 'categorical').length),
    numeric: new Float32Array(rows * specs.filter(spec => spec.type === 'numeric').length),
    sequences: specs.flatMap(({ name, type, length = 0 }) =>
      type === 'sequence' ? [{ field: name, length, ids: new Int32Array(rows * length) }] : [],
    ),
    targets: extra.targets.map(() => new Float32Array(rows)),
    ...(extra.group ? { group: new Int32Array(rows) } : {}),
    rowNumber,
  }
}

const specsOf = (fields: readonly ColumnSource[]) =>
  modelFields({ fields: fields.map(field => field.encoding), ignored: [], outputs: [] })

interface JoinedColumn {
  field: ColumnSource
  at: number
  offset: number
}

/** Copies codes to their places; returns the columns that joins have to fill. */
function placeCodes(table: EncodedTable, fields: readonly ColumnSource[]): JoinedColumn[] {
  const sizes = specsOf(fields).flatMap(spec => (spec.type === 'categorical' ? [spec.size] : []))
  const offsets = sizes.map((_, k) => sizes.slice(0, k).reduce((sum, size) => sum + size, 0))
  const joined: JoinedColumn[] = []
  const coded: CodedColumn[] = []
  const numericWidth = table.numeric.length / table.rows
  let at = 0
  let numericAt = 0
  for (const field of fields) {
    if (field.encoding.type === 'categorical') joined.push({ field, at, offset: offsets[at++]! })
    for (const ids of field.codes?.ids ?? []) {
      coded.push({ target: table.categorical, width: sizes.length, at, values: ids, offset: offsets[at]! })
      at++
    }
    if (field.codes?.scaled)
      coded.push({ target: table.numeric, width: numericWidth, at: numericAt++, values: field.codes.scaled, offset: 0 })
  }
  for (let row = 0; row < table.rows; row += block)
    for (const column of coded) interleave(column, row, Math.min(table.rows, row + block))
  return joined
}

/** Rows interleaved at a time: their part of a wide table stays in the processor's cache. */
const block = 4096

interface CodedColumn {
  target: Int32Array | Float32Array
  width: number
  at: number
  values: ArrayLike<number>
  offset: number
}

function interleave({ target, width, at, values, offset }: CodedColumn, from: number, end: number): void {
  for (let i = from, to = from * width + at; i < end; i++, to += width) target[to] = values[i]! + offset
}

async function placeJoined(
  database: Database,
  table: EncodedTable,
  columns: JoinedColumn[],
  extra: ExtraColumns,
  placement: Placement,
  onRows: (rows: number) => void,
): Promise<void> {
  const width = table.categorical.length / table.rows
  const selections = [`${placement.key}::UINTEGER`]
  const joins: string[] = []
  const targets: { array: Int32Array | Float32Array; width: number; at: number }[] = []
  for (const { field, at, offset } of columns) {
    const { vocabulary, column, encoding } = field
    const unknown = encoding.type === 'categorical' ? encoding.unknown : 0
    joins.push(`LEFT JOIN ${vocabulary} ON rows.${column} = ${vocabulary}.value`)
    selections.push(`(coalesce(${vocabulary}.id, ${unknown}) + ${offset})::INTEGER`)
    targets.push({ array: table.categorical, width, at })
  }
  extra.targets.forEach((code, t) => {
    selections.push(code)
    targets.push({ array: table.targets[t]!, width: 1, at: 0 })
  })
  if (extra.group) {
    joins.push(extra.group.join)
    selections.push(extra.group.select)
    targets.push({ array: table.group!, width: 1, at: 0 })
  }
  if (targets.length === 0) return
  const sql = `SELECT ${selections.join(', ')} FROM ${placement.from} ${joins.join(' ')} ${placement.where}`
  for await (const chunk of database.stream(sql)) {
    const keys = itemsOf(chunk, 0)
    targets.forEach(({ array, width, at }, k) => scatter(array, width, at, itemsOf(chunk, k + 1), keys, placement))
    onRows(keys.length)
  }
}

async function placeSequence(
  database: Database,
  target: EncodedTable['sequences'][number],
  field: ColumnSource,
  { from, where, key, base, slots }: Placement,
): Promise<void> {
  const { column, vocabulary, encoding } = field
  const { length, ids } = target
  const unknown = encoding.type === 'sequence' ? encoding.unknown : 0
  const sql = `SELECT cells.key::UINTEGER, cells.place::INTEGER - 1, coalesce(${vocabulary}.id, ${unknown})::INTEGER FROM
    (SELECT key, unnest(list) AS value, generate_subscripts(list, 1) AS place FROM
      (SELECT ${key} AS key, rows.${column}[-${length}:] AS list FROM ${from} ${where}) WHERE len(list) > 0) AS cells
    LEFT JOIN ${vocabulary} ON cells.value = ${vocabulary}.value`
  for await (const chunk of database.stream(sql)) {
    const keys = itemsOf(chunk, 0)
    const places = itemsOf(chunk, 1)
    const found = itemsOf(chunk, 2)
    for (let i = 0; i < keys.length; i++) ids[slots[keys[i]! - base]! * length + places[i]!] = found[i]!
  }
}
