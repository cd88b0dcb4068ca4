import { isMissingWord, missingWords, parseList, parseNumber, parseTimestamp, timestampPatterns } from './cells.ts'
import { trimmedText as trimmed } from './column-kinds.ts'
import { timestampFormats, type Storage, type TimestampFormat } from './schema.ts'
import { literal } from './sql.ts'

/** A form in which every value of a text column may stand. */
export interface TextForm {
  /** How the column is read, given the counts of `tests` over all rows. */
  storage(counts: number[]): Storage
  /** Whether a trimmed, not empty cell of a sample has the form. */
  accepts(cell: string): boolean
  /** SQL over a trimmed cell that the tests share. */
  value?(cell: string): string
  /** Counting aggregates over a trimmed cell and its value; the first counts the values that have this form. */
  tests(cell: string, value: string): string[]
  /** What `tests` counts, of trimmed, present cells in memory. */
  counts(cells: readonly string[]): number[]
  /** Whether that many present values all have the form. */
  holds(present: number, counts: number[]): boolean
  /** SQL of the typed value of a cell. */
  expression(column: string): string
}

const words = `(${missingWords.map(literal).join(', ')})`
const missing = (cell: string) => `lower(${cell}) IN ${words}`

/** A leading zero, an underscore or more digits than a double holds make a code of a number. */
const codeText = /^0\d|_|^[+-]?\d{16,}$/

const tally = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.reduce((count, item) => count + Number(holds(item)), 0)

const truth = /^(true|false)$/i

const number: TextForm = {
  storage: ([, , , fractions]) => ({ kind: 'number', whole: fractions === 0 }),
  accepts: cell => isMissingWord(cell) || (parseNumber(cell) !== undefined && !codeText.test(cell)),
  value: cell => `TRY_CAST(${cell} AS DOUBLE)`,
  tests: (cell, value) => [
    `count(${value})`,
    `count(*) FILTER (${value} IS NULL AND ${missing(cell)})`,
    `count(*) FILTER ((starts_with(${cell}, '0') OR length(${cell}) > 15 OR contains(${cell}, '_')) AND regexp_matches(${cell}, '^0[0-9]|_|^[+-]?[0-9]{16,}$'))`,
    `count(*) FILTER (${value} <> trunc(${value}))`,
  ],
  counts: cells => {
    const numbers = cells.flatMap(cell => parseNumber(cell) ?? [])
    return [
      numbers.length,
      tally(cells, isMissingWord),
      tally(cells, cell => codeText.test(cell)),
      tally(numbers, value => value !== Math.trunc(value)),
    ]
  },
  holds: (present, [numbers = 0, absent = 0, codes = 0]) => numbers + absent === present && codes === 0,
  // A missing word casts to NULL or NaN.
  expression: column => `nullif(TRY_CAST(${trimmed(column)} AS DOUBLE), 'nan'::DOUBLE)`,
}

const boolean: TextForm = {
  storage: () => ({ kind: 'boolean' }),
  accepts: cell => truth.test(cell),
  tests: cell => [`count(*) FILTER (lower(${cell}) IN ('true', 'false'))`],
  counts: cells => [tally(cells, cell => truth.test(cell))],
  holds: (present, [found]) => found === present,
  expression: column => `CASE lower(${trimmed(column)}) WHEN 'true' THEN true WHEN 'false' THEN false END`,
}

/** SQL of the moment in a trimmed cell; reads what `parseTimestamp` reads. */
function timestampExpression(format: TimestampFormat, cell: string): string {
  if (format === 'seconds') return `make_timestamp(CAST(round(TRY_CAST(${cell} AS DOUBLE) * 1e6) AS BIGINT))`
  if (format === 'milliseconds') return `make_timestamp(CAST(round(TRY_CAST(${cell} AS DOUBLE) * 1e3) AS BIGINT))`
  const matches = `regexp_full_match(${cell}, ${literal(timestampPatterns[format])})`
  if (format === 'iso') {
    // Sessions run in UTC: a text without a zone is UTC, 24:00 is refused as in JavaScript.
    const local = `CAST(TRY_CAST(${cell} AS TIMESTAMPTZ) AS TIMESTAMP)`
    return `CASE WHEN ${matches} AND NOT contains(${cell}, ' 24:') AND NOT contains(${cell}, 'T24:') THEN ${local} END`
  }
  const date = { 'month/day/year': '%m/%d/%Y', 'day/month/year': '%d/%m/%Y', 'day.month.year': '%d.%m.%Y' }[format]
  const forms = ['', ' %H:%M', ' %H:%M:%S'].map(time => literal(date + time)).join(', ')
  return `CASE WHEN ${matches} THEN try_strptime(replace(${cell}, 'T', ' '), [${forms}]) END`
}

const timestamp = (format: TimestampFormat): TextForm => ({
  storage: () => ({ kind: 'timestamp', format }),
  accepts: cell => isMissingWord(cell) || parseTimestamp(cell, format) !== undefined,
  value: cell => timestampExpression(format, cell),
  tests: (cell, value) => [`count(${value})`, `count(*) FILTER (${value} IS NULL AND ${missing(cell)})`],
  counts: cells => [tally(cells, cell => parseTimestamp(cell, format) !== undefined), tally(cells, isMissingWord)],
  holds: (present, [moments = 0, absent = 0]) => moments + absent === present,
  expression: column => timestampExpression(format, trimmed(column)),
})

const jsonList: TextForm = {
  storage: () => ({ kind: 'list', separator: 'json' }),
  accepts: cell => parseList(cell, 'json') !== undefined,
  tests: cell => [`count(*) FILTER (${cell}[1] = '[' AND ${cell}[-1] = ']' AND json_valid(${cell}))`],
  counts: cells => [tally(cells, cell => parseList(cell, 'json') !== undefined)],
  holds: (present, [lists]) => lists === present,
  expression: column =>
    `CASE WHEN ${trimmed(column)} <> '' THEN list_filter(from_json(${trimmed(column)}, '["VARCHAR"]'), lambda value: value IS NOT NULL) END`,
}

const joined = (separator: string): TextForm => ({
  storage: () => ({ kind: 'list', separator }),
  accepts: () => true,
  tests: cell => [`count(*) FILTER (contains(${cell}, ${literal(separator)}))`],
  counts: cells => [tally(cells, cell => cell.includes(separator))],
  holds: (present, [found = 0]) => found >= 0.05 * present,
  expression: column =>
    `CASE WHEN ${trimmed(column)} <> '' THEN list_filter(string_split(${trimmed(column)}, ${literal(separator)}), lambda value: value <> '') END`,
})

const text: TextForm = {
  storage: () => ({ kind: 'text' }),
  accepts: () => true,
  tests: () => [],
  counts: () => [],
  holds: () => true,
  expression: column => `nullif(${trimmed(column)}, '')`,
}

/** Forms whose values are told apart as well by their text. */
const scalarForms: TextForm[] = [number, boolean]

/** In order of preference; the ambiguous 1/2/2020 is read month first. */
const textForms: TextForm[] = [
  number,
  boolean,
  timestamp('iso'),
  timestamp('month/day/year'),
  timestamp('day/month/year'),
  timestamp('day.month.year'),
  jsonList,
  joined('^'),
]

/** The form text is read by where the user, or no other form, says so. */
export function formOf(storage: Storage): TextForm {
  switch (storage.kind) {
    case 'text':
      return text
    case 'number':
      return number
    case 'boolean':
      return boolean
    case 'timestamp':
      return timestamp(storage.format)
    case 'list':
      return storage.separator === 'json' ? jsonList : joined(storage.separator)
  }
}

/** Whether a field of this type keeps its text. */
export const isCategory = (type = '') => /^(categorical|text|meta)$/.test(type)

/**
 * Forms a text column may have where its type is told: categories keep the text of their moments and lists, and a
 * separator or the form of a moment holds whatever else the cells would pass for.
 */
export function formsOf(type = ''): TextForm[] {
  if (isCategory(type)) return scalarForms
  if (type.startsWith('sequence:')) return []
  const format = timestampFormats.find(format => type === `timestamp:${format}` && !format.endsWith('seconds'))
  return format === undefined ? textForms : [formOf({ kind: 'timestamp', format })]
}

/** The first form that all present values of a column have, by the counts of each form's tests; else plain text. */
export function settledForm(
  forms: readonly TextForm[],
  present: number,
  counts: readonly number[][],
): { form: TextForm; storage: Storage } {
  const f = forms.findIndex((form, f) => counts[f]![0]! > 0 && form.holds(present, counts[f]!))
  const form = forms[f] ?? text
  return { form, storage: form.storage(counts[f] ?? []) }
}
