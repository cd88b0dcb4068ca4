import type { TimestampFormat } from './schema.ts'

/**
 * How one cell reads, in plain JavaScript: browsers and servers encode rows with it, and the reader of a column tries
 * its sample with it. The SQL of text-forms.ts reads the same cells to the same values.
 */

/** Words that stand for a missing number or moment; lower case. In text fields they are values. */
export const missingWords = ['na', 'n/a', 'nan', 'null', 'none', '?', '-']
const missing = new Set(missingWords)

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const infiniteText = /^[+-]?inf(inity)?$/i

/** Without blanks and tabs at either end. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

export function isMissingWord(cell: string): boolean {
  return missing.has(cell.toLowerCase())
}

/** The number of a trimmed cell; undefined where it is none. */
export function parseNumber(cell: string): number | undefined {
  if (numberText.test(cell)) return Number(cell)
  if (infiniteText.test(cell)) return cell.startsWith('-') ? -Infinity : Infinity
  return undefined
}

const clock = String.raw`(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?`
const zoned = String.raw`(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?`

/** Regular expressions, of JavaScript and of the database alike, that a moment's text matches whole. */
export const timestampPatterns: Record<Exclude<TimestampFormat, 'seconds' | 'milliseconds'>, string> = {
  iso: String.raw`(\d{4})-(\d{1,2})-(\d{1,2})${zoned}`,
  'month/day/year': String.raw`(\d{1,2})/(\d{1,2})/(\d{4})${clock}`,
  'day/month/year': String.raw`(\d{1,2})/(\d{1,2})/(\d{4})${clock}`,
  'day.month.year': String.raw`(\d{1,2})\.(\d{1,2})\.(\d{4})${clock}`,
}
const expressions = new Map(
  Object.entries(timestampPatterns).map(([format, text]) => [format, new RegExp(`^${text}$`)]),
)

/** Seconds since 1970 (UTC where no zone stands) of a trimmed cell; undefined where it is no moment of that form. */
export function parseTimestamp(cell: string, format: TimestampFormat): number | undefined {
  if (format === 'seconds' || format === 'milliseconds') {
    const number = parseNumber(cell)
    return number === undefined ? undefined : format === 'seconds' ? number : number / 1000
  }
  const found = expressions.get(format)!.exec(cell)
  if (!found) return undefined
  const [, first, second, third, hour = '0', minute = '0', seconds = '0', fraction = '', zone] =
    found as unknown as string[]
  const [year, month, day] =
    format === 'iso'
      ? [first, second, third]
      : format === 'month/day/year'
        ? [third, first, second]
        : [third, second, first]
  const date = new Date(0)
  date.setUTCFullYear(+year!, +month! - 1, +day!)
  if (date.getUTCMonth() !== +month! - 1 || date.getUTCDate() !== +day!) return undefined
  if (+hour > 23 || +minute > 59 || +seconds > 59) return undefined
  const time = date.getTime() / 1000 + +hour * 3600 + +minute * 60 + +seconds - offsetOf(zone)
  // In whole microseconds, as the database keeps them.
  return fraction === '' ? time : (time * 1e6 + +fraction.padEnd(6, '0').slice(0, 6)) / 1e6
}

/** Seconds a zone is ahead of UTC. */
function offsetOf(zone: string | undefined): number {
  const found = zone && /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (!found) return 0
  const offset = +found[2]! * 3600 + +(found[3] ?? 0) * 60
  return found[1] === '-' ? -offset : offset
}

/** Values of a list cell; undefined where it is no list of that form. */
export function parseList(cell: string, separator: string): string[] | undefined {
  if (separator !== 'json') return cell.split(separator).filter(value => value !== '')
  if (!cell.startsWith('[') || !cell.endsWith(']')) return undefined
  try {
    return (JSON.parse(cell) as unknown[]).filter(value => value !== null).map(String)
  } catch {
    return undefined
  }
}
