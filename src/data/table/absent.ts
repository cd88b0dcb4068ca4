import { InterplayError, suggest } from '../../errors/index.ts'
import type { Encoding } from './encoding.ts'
import type { Warning } from './readers/source.ts'

/** A field of the encoding that the input does not have, with the columns it may be. */
export interface AbsentField {
  field: string
  nearest: string[]
}

const quoted = (names: readonly string[]) => names.map(name => `'${name}'`).join(', ')
const some = (names: readonly string[]) => `${names.slice(0, 8).join(', ')}${names.length > 8 ? ' ...' : ''}`

/**
 * The fields of an encoding that no column is.
 * @throws InterplayError `data/unknown-field` where no column is a field
 */
export function absentFields(table: string, { fields }: Encoding, columns: readonly string[]): AbsentField[] {
  const names = fields.map(field => field.name)
  const others = columns.filter(column => !names.includes(column))
  const absent = names
    .filter(name => !columns.includes(name))
    .map(field => ({ field, nearest: suggest(field, others) }))
  if (absent.length < names.length) return absent
  const near = absent.filter(({ nearest }) => nearest.length > 0)
  throw new InterplayError('data/unknown-field', `${table} has no field of the model`, {
    why:
      near.length > 0
        ? `nearest: ${some(near.map(({ field, nearest }) => `'${nearest[0]}' for '${field}'`))}`
        : `it has ${some(columns)}; the model reads ${some(names)}`,
    details: { fields: absent },
  })
}

/** `data/absent-field`: fields that are missing in every row, those that a column may be each for itself. */
export function absentWarnings(absent: readonly AbsentField[], rows: number): Warning[] {
  const near = absent.filter(({ nearest }) => nearest.length > 0)
  const far = absent.filter(({ nearest }) => nearest.length === 0)
  const groups = [...near.map(field => [field]), ...(far.length > 0 ? [far] : [])]
  return groups.map(group => {
    const fields = group.map(({ field }) => field)
    const read = `read as missing in ${rows === 1 ? 'the one row' : `all ${rows.toLocaleString('en-US')} rows`}`
    const nearest = group[0]!.nearest.length > 0 ? `; nearest: ${group[0]!.nearest.join(', ')}` : ''
    const message = `${quoted(fields)} ${fields.length === 1 ? 'is' : 'are'} in no column; ${read}${nearest}`
    return { code: 'data/absent-field', message, fields }
  })
}
