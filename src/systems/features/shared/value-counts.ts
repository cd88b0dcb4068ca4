import type { EncodedTable } from '../../../data/index.ts'
import { fieldsOf, stacked, type TableSpec } from '../../../nn/index.ts'

/** How often rows have each value, vocabularies one under the other. */
export function countsOf({ categorical }: Pick<EncodedTable, 'categorical'>, spec: TableSpec): Int32Array {
  const counts = new Int32Array(stacked(fieldsOf(spec, 'categorical')).rows)
  for (const id of categorical) counts[id]!++
  return counts
}
