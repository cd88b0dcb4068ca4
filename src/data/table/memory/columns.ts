import { InterplayError } from '../../../errors/index.ts'
import { isMissingWord, parseNumber, parseTimestamp, trimmed } from '../cells.ts'
import { chooseType } from '../choose-type.ts'
import { isMissing } from '../encode-rows.ts'
import type { FieldSchema, Schema, Storage } from '../schema.ts'
import { formsOf, isCategory, settledForm } from '../text-forms.ts'
import { byCount, tally } from './tally.ts'
import { ofField } from '../by-field.ts'

/** Rows as a page holds them: text as in a CSV, numbers, booleans, dates, lists; fields that a row lacks are missing. */
export type MemoryRows = readonly Readonly<Record<string, unknown>>[]

/** Values named in a field's schema. */
const shown = 10

/**
 * The fields of rows in memory, of the types the same cells have in a file: those of `order` first, the others as the
 * rows name them.
 * @throws InterplayError `data/empty`
 */
export function inferColumns(
  rows: MemoryRows,
  types: Readonly<Record<string, string>> = {},
  order: readonly string[] = [],
): Schema {
  if (rows.length === 0) throw new InterplayError('data/empty', 'the table has no rows')
  const names = new Set(order)
  for (const row of rows) for (const name in row) names.add(name)
  const fields = [...names].map(name =>
    fieldOf(
      name,
      rows.map(row => row[name]),
      ofField(types, name),
    ),
  )
  return { rows: rows.length, fields }
}

function fieldOf(name: string, cells: readonly unknown[], type: string | undefined): FieldSchema {
  const storage = storageOf(
    cells.filter(cell => !isMissing(cell)),
    type,
  )
  const values = cells.map(cell => storedValue(cell, storage)).filter(value => value !== undefined)
  const counts = byCount(tally(values))
  const missing = cells.length - values.length
  const numbers = storage.kind === 'number' || storage.kind === 'timestamp'
  const range = numbers && values.length > 0 ? rangeOf(values as number[]) : {}
  const length = storage.kind === 'text' ? meanLength(values as string[]) : undefined
  const statistics = { name, storage, rows: cells.length, missing, distinct: counts.length, ...range }
  return {
    name,
    ...chooseType({ ...statistics, length }),
    storage,
    distinct: counts.length,
    missing,
    ...range,
    top: counts.slice(0, shown).map(([value, count]) => ({ value: String(value), count })),
  }
}

function storageOf(present: readonly unknown[], type: string | undefined): Storage {
  if (present.every(cell => typeof cell === 'string')) {
    const cells = present.map(trimmed)
    const forms = formsOf(type).filter(form => cells.every(form.accepts))
    return settledForm(
      forms,
      cells.length,
      forms.map(form => form.counts(cells)),
    ).storage
  }
  if (present.every(cell => typeof cell === 'number' || typeof cell === 'bigint')) {
    return { kind: 'number', whole: present.every(cell => Number.isSafeInteger(Number(cell))) }
  }
  if (present.every(cell => typeof cell === 'boolean')) return { kind: 'boolean' }
  if (isCategory(type)) return { kind: 'text' }
  if (present.every(cell => cell instanceof Date)) return { kind: 'timestamp', format: 'iso' }
  if (present.every(Array.isArray)) return { kind: 'list', separator: 'json' }
  return { kind: 'text' }
}

/** What a cell holds, as its column is read: text, a number, seconds since 1970; undefined where it is missing. */
export function storedValue(cell: unknown, storage: Storage): string | number | undefined {
  if (isMissing(cell)) return undefined
  if (cell instanceof Date) return storage.kind === 'timestamp' ? cell.getTime() / 1000 : cell.toISOString()
  const text = Array.isArray(cell) ? JSON.stringify(cell) : trimmed(String(cell))
  switch (storage.kind) {
    case 'number':
      return isMissingWord(text) ? undefined : parseNumber(text)
    case 'timestamp':
      return isMissingWord(text) ? undefined : parseTimestamp(text, storage.format)
    case 'boolean':
      return text.toLowerCase()
    default:
      return text
  }
}

function rangeOf(values: readonly number[]): { minimum: number; maximum: number } {
  let [minimum, maximum] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  return { minimum, maximum }
}

const meanLength = (values: readonly string[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value.length, 0) / values.length
