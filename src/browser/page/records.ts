/** One record of a delimited text. */
export interface TextRecord {
  /** Where it begins, from 1. */
  line: number
  values: string[]
  /** Whether a quote is never closed, or closed before its value ends. */
  misquoted: boolean
}

/** The records of a delimited text; a blank line is one of a single empty value. */
export function recordsOf(text: string, delimiter: string): TextRecord[] {
  const records: TextRecord[] = []
  let [at, line] = [0, 1]
  while (at < text.length) {
    const record: TextRecord = { line, values: [], misquoted: false }
    let more = true
    while (more) {
      const { value, end, misquoted } = valueAt(text, at, delimiter)
      record.values.push(value)
      record.misquoted ||= misquoted
      line += value.split('\n').length - 1
      more = text[end] === delimiter
      at = end + (text.startsWith('\r\n', end) ? 2 : 1)
    }
    records.push(record)
    line++
  }
  return records
}

function valueAt(text: string, at: number, delimiter: string): { value: string; end: number; misquoted: boolean } {
  if (text[at] !== '"') {
    const end = plainEnd(text, at, delimiter)
    return { value: text.slice(at, end), end, misquoted: false }
  }
  const close = closingQuote(text, at)
  if (close < 0) return { value: text.slice(at + 1), end: text.length, misquoted: true }
  const end = plainEnd(text, close + 1, delimiter)
  return { value: text.slice(at + 1, close).replaceAll('""', '"'), end, misquoted: end > close + 1 }
}

function plainEnd(text: string, from: number, delimiter: string): number {
  let end = from
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
  return end
}

/** Two quotes in a row stand for one of the value's own. */
function closingQuote(text: string, opening: number): number {
  let quote = text.indexOf('"', opening + 1)
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
  return quote
}
