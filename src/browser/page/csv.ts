import { csvParseRows } from 'd3-dsv'
import type { Row } from './messages.ts'

/** A CSV text with a header as rows; by lines, since the library's own objects need `eval`, which the page forbids. */
export function parseTable(text: string): { fields: string[]; rows: Row[] } {
  const [fields = [], ...lines] = csvParseRows(text.replace(/^\uFEFF/, ''))
  return { fields, rows: lines.map(line => Object.fromEntries(fields.map((field, i) => [field, line[i] ?? '']))) }
}
