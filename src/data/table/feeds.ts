import type { HostTensor } from '../../engine/index.ts'
import type { EncodedTable } from './encoded.ts'
import { modelFields, type Encoding } from './encoding.ts'

/** Encoded rows as the inputs of an exported graph. */
export function tableFeeds(
  encoding: Encoding,
  table: Pick<EncodedTable, 'rows' | 'categorical' | 'numeric' | 'sequences'>,
): Record<string, HostTensor> {
  const fields = modelFields(encoding)
  const count = (type: string) => fields.filter(field => field.type === type).length
  const { rows } = table
  const feeds: Record<string, HostTensor> = {}
  if (count('categorical') > 0)
    feeds.categorical = { dtype: 'int32', dims: [rows, count('categorical')], data: table.categorical }
  if (count('numeric') > 0) feeds.numeric = { dtype: 'float32', dims: [rows, count('numeric')], data: table.numeric }
  for (const { field, length, ids } of table.sequences)
    feeds[`sequence.${field}`] = { dtype: 'int32', dims: [rows, length], data: ids }
  return feeds
}
