import { encodeRows } from '../../data/table/encode-rows.ts'
import type { Encoding } from '../../data/table/encoding.ts'
import { tableFeeds } from '../../data/table/feeds.ts'
import type { EncodedRows, ServedField } from './model.ts'

/** The fields a bundle's rows have. */
export const servedFields = ({ fields }: Encoding): ServedField[] =>
  fields.map(field => ({
    name: field.name,
    type: field.type === 'bucket' ? 'numeric' : field.type,
    required: field.required,
    ...('values' in field && field.type !== 'bucket' && !field.hashed ? { values: field.values } : {}),
  }))

/** Raw rows as a bundle's graph takes them. */
export function encodedRows(encoding: Encoding, rows: readonly Readonly<Record<string, unknown>>[]): EncodedRows {
  const encoded = encodeRows(encoding, rows)
  const unseen: Record<string, number> = {}
  for (const { field } of encoded.unseen) unseen[field] = (unseen[field] ?? 0) + 1
  return {
    feeds: tableFeeds(encoding, encoded),
    rows: encoded.rows,
    unseen,
    warnings: encoded.unseen.map(({ row, field }) => ({ code: 'data/unseen-value', row, field })),
  }
}
