import { InterplayError } from '../../errors/index.ts'

export type Row = Readonly<Record<string, unknown>>

/**
 * The rows of what a caller sent: `[{...}, ...]` or `{ rows: [{...}, ...] }`, at least one; the rows themselves are read by the model.
 *
 * @throws InterplayError `request/invalid` with a JSON pointer per fault, `server/too-large` above `maxRows`.
 */
export function readRows(input: unknown, maxRows = Infinity): readonly Row[] {
  const enveloped = isObject(input)
  if (enveloped) {
    const extra = Object.keys(input).filter(key => key !== 'rows')
    if (extra.length > 0) throw invalid(extra.map(key => fault(`/${escape(key)}`, "is unknown; the body holds 'rows'")))
  }
  const rows: unknown = enveloped ? input.rows : input
  const root = enveloped ? '/rows' : ''
  if (!Array.isArray(rows)) throw invalid([fault(enveloped ? '/rows' : '', `must be an array, got ${kindOf(rows)}`)])
  if (rows.length === 0) throw invalid([fault(root, 'holds no row')])
  if (rows.length > maxRows) {
    const [sent, most] = [rows.length, maxRows].map(count => count.toLocaleString('en-US'))
    throw new InterplayError('server/too-large', `${sent} rows; one request holds ${most} at most`)
  }
  return rows as readonly Row[]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'string' ? 'text' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** RFC 6901. */
const escape = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

const fault = (pointer: string, detail: string) => ({ pointer, detail })

const invalid = (errors: { pointer: string; detail: string }[]) =>
  new InterplayError('request/invalid', 'the request is not valid', {
    why: errors.map(({ pointer, detail }) => `${pointer || 'the body'} ${detail}`).join('; '),
    details: { errors },
  })
