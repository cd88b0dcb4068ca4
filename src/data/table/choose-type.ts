import type { FieldType, Flag, Storage } from './schema.ts'

export interface FieldStatistics {
  name: string
  storage: Storage
  rows: number
  missing: number
  distinct: number
  minimum?: number
  maximum?: number
  /** Mean characters of a text value. */
  length?: number
}

export interface TypeChoice {
  type: FieldType
  why: string
  flags: Flag[]
}

/** Whole numbers of at most this many values are read as codes. */
const mostCodes = 32
/** Below this many rows nothing is called id-like. */
const fewestRows = 100

const codeName =
  /(^|[\s_\-.])(id|ids|uuid|guid|key|code|zip|zipcode|postcode|user|item|product|session|device)$|[a-z](Id|ID|Key|Code)$/i
const rowName = /^(id|index|row|rowid|row_id|row_number|instant|uuid|guid|key|record_?id)$/i

/** The type a field plays unless the user says otherwise, from what was measured over all rows. */
export function chooseType(field: FieldStatistics): TypeChoice {
  const present = field.rows - field.missing
  const count = field.distinct.toLocaleString('en-US')
  if (present === 0) return { type: 'categorical', why: 'no value in any row', flags: ['all-null'] }
  const flags: Flag[] = field.distinct === 1 ? ['constant'] : []
  const unique = present >= fewestRows && field.distinct >= 0.95 * present
  switch (field.storage.kind) {
    case 'list':
      return {
        type: 'sequence',
        why: field.storage.separator === 'json' ? 'lists of values' : `values joined by '^'`,
        flags,
      }
    case 'timestamp':
      return { type: 'timestamp', why: `moments, ${field.storage.format}`, flags }
    case 'boolean':
      return { type: 'boolean', why: 'true and false', flags }
    case 'text':
      if (unique && (field.length ?? 0) <= 64 && !words(field)) {
        return {
          type: 'categorical',
          why: `${count} values in ${present.toLocaleString('en-US')} rows`,
          flags: [...flags, 'id-like'],
        }
      }
      if ((field.length ?? 0) > 40 && field.distinct > 0.5 * present && present >= 20) {
        return { type: 'text', why: `free text, ${Math.round(field.length ?? 0)} characters on average`, flags }
      }
      return { type: 'categorical', why: `text of ${count} ${field.distinct === 1 ? 'value' : 'values'}`, flags }
    case 'number':
      return { flags, ...chooseNumber(field, unique, count) }
  }
}

const words = (field: FieldStatistics) => (field.length ?? 0) > 40

function chooseNumber(
  field: FieldStatistics,
  unique: boolean,
  count: string,
): { type: FieldType; why: string; flags?: Flag[] } {
  const { storage, distinct, minimum = 0, maximum = 0 } = field
  if (storage.kind === 'number' && storage.whole) {
    const consecutive = maximum - minimum + 1 <= 1.05 * distinct
    if (unique && distinct >= fewestRows && ((consecutive && rowName.test(field.name)) || codeName.test(field.name))) {
      return { type: 'categorical', why: `${count} whole numbers, one a row`, flags: ['id-like'] }
    }
    if (distinct === 2 && minimum === 0 && maximum === 1) return { type: 'boolean', why: '0 and 1' }
    if (codeName.test(field.name))
      return { type: 'categorical', why: `${count} whole numbers under the name of a code` }
    if (distinct <= mostCodes && field.rows - field.missing >= 5 * distinct) {
      return { type: 'categorical', why: `${count} whole numbers, at most ${mostCodes}` }
    }
    return { type: 'numeric', why: `${count} whole numbers` }
  }
  return { type: 'numeric', why: `${count} numbers` }
}
