import { openTable, resolveInput } from '../../data/index.ts'
import { InterplayError, suggest } from '../../errors/index.ts'
import type { Columns, Labels, PredictorField } from '../../lenses/index.ts'

export interface RawColumns {
  name: string
  fields: PredictorField[]
  columns: Columns
  labels?: Labels
  rows: number
  /** By field and code, the cell as JSON has it: text, true and false, a list, a time. */
  cells?: (readonly unknown[] | undefined)[]
  /** By field, the first row, from 1, without a number where all others have one. */
  empty?: readonly (number | undefined)[]
}

/** Rows read at most. */
const most = 100_000

/**
 * A table as columns of numbers and codes, for predictors that bring no encoding: `target`, when given, becomes labels.
 *
 * @throws InterplayError as `openTable`; `data/unknown-field`
 */
export async function rawColumns(
  input: string,
  { target, only, signal }: { target?: string; only?: readonly string[]; signal?: AbortSignal } = {},
): Promise<RawColumns> {
  const resolved = resolveInput(input)
  await using table = await openTable(resolved.input, { ...resolved.recipe?.options, signal })
  const records = await table.head(most)
  const known = table.schema.fields.map(({ name }) => name)
  for (const name of [...(target === undefined ? [] : [target]), ...(only ?? [])])
    if (!known.includes(name))
      throw new InterplayError('data/unknown-field', `${table.name} has no field '${name}'`, {
        why: `${known.length} fields were read; nearest: ${suggest(name, known).join(', ') || 'none'}`,
      })
  const names = known.filter(name => name !== target && (only === undefined || only.includes(name)))
  const read = names.map(name =>
    columnOf(
      name,
      records.map(record => record[name]),
    ),
  )
  return {
    name: table.name,
    fields: read.map(({ field }) => field),
    columns: read.map(({ column }) => column),
    cells: read.map(({ cells }) => cells),
    empty: read.map(({ empty }) => empty),
    labels: target === undefined ? undefined : labelsOf(records.map(record => record[target])),
    rows: records.length,
  }
}

/** Throws `lens/needs` for a column that a model of numbers cannot take. */
export function requireNumbers(model: string, { name, fields, empty }: RawColumns, remedy?: string): void {
  const at = fields.findIndex(({ type }) => type === 'categorical')
  if (at < 0) return
  const row = empty?.[at]
  const what = `'${model}' takes numbers, '${fields[at]!.name}' of ${name} is`
  if (row === undefined) throw new InterplayError('lens/needs', `${what} text`, { try: remedy })
  throw new InterplayError('lens/needs', `${what} empty in row ${row}`, { try: 'a table without empty cells' })
}

const numberOf = (cell: unknown): number =>
  typeof cell === 'number' ? cell : typeof cell === 'bigint' ? Number(cell) : NaN

function columnOf(
  name: string,
  cells: readonly unknown[],
): { field: PredictorField; column: Float64Array; cells?: unknown[]; empty?: number } {
  const present = cells.filter(cell => cell !== null && cell !== undefined)
  if (present.every(cell => Number.isFinite(numberOf(cell)))) {
    const column = Float64Array.from(cells, cell => (cell === null || cell === undefined ? NaN : numberOf(cell)))
    if (!column.some(Number.isNaN)) return { field: { name, type: 'numeric' }, column }
  }
  const numbers = present.length > 0 && present.every(cell => Number.isFinite(numberOf(cell)))
  const empty = numbers ? 1 + cells.findIndex(cell => cell === null || cell === undefined) : undefined
  const originals = new Map(present.map(cell => [textOf(cell), cell]))
  const values = [...originals.keys()].sort()
  const codes = new Map(values.map((value, code) => [value, code]))
  const missing = present.length < cells.length ? [''] : []
  const column = Float64Array.from(cells, cell => codes.get(textOf(cell)) ?? values.length)
  const field: PredictorField = { name, type: 'categorical', values: [...values, ...missing] }
  return { field, column, cells: values.map(value => originals.get(value)), empty }
}

const textOf = (cell: unknown): string => (cell instanceof Date ? cell.toISOString() : String(cell))

function labelsOf(cells: readonly unknown[]): Labels {
  const { field, column } = columnOf('target', cells)
  const values = new Set(column)
  return field.values || (values.size <= 2 && [...values].every(value => value === 0 || value === 1))
    ? { kind: 'binary', values: column }
    : { kind: 'regression', values: column }
}
