import { tokenOf } from '../../data/table/encode-rows.ts'
import type { Encoding } from '../../data/table/encoding.ts'
import type { Row } from './messages.ts'

/** A row whose categories stand as in their lists of values: `TRUE` as `true`, `1.0` as `1`. */
export function exampleOf({ fields }: Encoding, row: Row): Row {
  return Object.fromEntries(
    fields.map(field => {
      const cell = row[field.name]
      return [field.name, (field.type === 'categorical' ? tokenOf(cell, field.cells) : cell) ?? '']
    }),
  )
}
