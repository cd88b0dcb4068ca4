import { formatCount } from '../../charts/format.ts'
import { InterplayError } from '../../errors/index.ts'
import { decodeText } from './decode-text.ts'
import type { Row } from './messages.ts'
import { recordsOf, type TextRecord } from './records.ts'

const delimiters = [',', ';', '\t', '|']

/**
 * A CSV or TSV file with a header as rows, read as the command line reads it: names are trimmed, blank lines left out.
 * @throws InterplayError `data/encoding`, `data/empty`, `data/delimiter`, `data/duplicate-field`, `data/ragged`
 */
export function parseTable(name: string, bytes: Uint8Array): { fields: string[]; rows: Row[] } {
  const text = decodeText(name, bytes)
  const delimiter = /\.tsv$/i.test(name) ? '\t' : ','
  const [header, ...records] = withoutBlanks(recordsOf(text, delimiter))
  if (!header) throw new InterplayError('data/empty', `'${name}' is empty`)
  if (header.values.length === 1) refuseDelimiter(name, text, delimiter)
  const fields = header.values.map((value, k) => value.trim() || `field${k + 1}`)
  refuseDuplicates(name, fields)
  if (records.length === 0) throw new InterplayError('data/empty', `'${name}' has a header and no rows`)
  refuseRagged(name, fields.length, [header, ...records])
  return {
    fields,
    rows: records.map(({ values }) => Object.fromEntries(fields.map((field, k) => [field, values[k]!]))),
  }
}

/** In a file of one field a blank line is a row whose value is missing. */
function withoutBlanks(records: readonly TextRecord[]): TextRecord[] {
  const isBlank = ({ values }: TextRecord) => values.length === 1 && values[0] === ''
  const first = records.findIndex(record => !isBlank(record))
  if (first < 0) return []
  const whole = records.slice(first)
  return whole[0]!.values.length === 1 ? whole : whole.filter(record => !isBlank(record))
}

/** Refuses one field where another sign splits all of the first lines into the same number of values. */
function refuseDelimiter(name: string, text: string, tried: string): void {
  const lines = text.split(/\r\n|\n|\r/, 20).filter(line => line !== '')
  let best = { delimiter: tried, values: 1 }
  for (const delimiter of delimiters) {
    const counts = new Set(lines.map(line => line.split(delimiter).length))
    const [values = 1] = counts
    if (delimiter !== tried && counts.size === 1 && values > best.values) best = { delimiter, values }
  }
  if (best.values === 1) return
  const isTab = best.delimiter === '\t'
  const what = `'${name}' reads as one field; '${isTab ? '\\t' : best.delimiter}' separates its lines`
  throw new InterplayError('data/delimiter', what, {
    try: isTab ? 'name it .tsv' : 'save it with commas',
    details: { delimiter: best.delimiter },
  })
}

/** Names that differ by case alone count as one. */
function refuseDuplicates(name: string, fields: readonly string[]): void {
  const columns = new Map<string, number[]>()
  fields.forEach((field, k) => columns.set(field.toLowerCase(), [...(columns.get(field.toLowerCase()) ?? []), k + 1]))
  const twice = [...columns.values()].filter(({ length }) => length > 1)
  if (twice.length === 0) return
  const named = twice.map(places => {
    const times = places.length === 2 ? 'twice' : `${places.length} times`
    return `'${fields[places[0]! - 1]}' ${times}, columns ${places.slice(0, -1).join(', ')} and ${places.at(-1)}`
  })
  throw new InterplayError('data/duplicate-field', `'${name}' names ${named.slice(0, 3).join('; ')}`, {
    try: 'give every column a name of its own',
  })
}

function refuseRagged(name: string, width: number, records: readonly TextRecord[]): void {
  const faults = records.filter(({ values, misquoted }) => misquoted || values.length !== width)
  const [first] = faults
  if (!first) return
  const what = first.misquoted
    ? 'has a misplaced or unclosed quote'
    : `has ${first.values.length} values, the header ${width}`
  const more = faults.length > 1 ? ` (${formatCount(faults.length)} such lines)` : ''
  throw new InterplayError('data/ragged', `'${name}' line ${first.line} ${what}${more}`, {
    details: { lines: faults.slice(0, 10).map(({ line }) => line), count: faults.length },
  })
}
