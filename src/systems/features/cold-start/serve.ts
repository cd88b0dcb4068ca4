import type { Entities } from '../../../data/index.ts'
import { invalidRows, rowFault, type RowFault } from '../../../data/table/encode-rows.ts'
import { suggest } from '../../../errors/index.ts'
import type { RowAnswerer } from '../../../system/index.ts'
import { momentOf, type Coding, encodeSide, RowWriter } from './encoding.ts'
import type { RowScorer } from './rank.ts'

/**
 * Answers single pairs of a user and an item: `user` and `item` are names, of whom it is no fault to be new; attributes of the
 * user stand beside them, those of a known item are looked up. `time` is seconds since 1970.
 */
export function rowAnswerer(items: Entities, coding: Coding, now: number, score: RowScorer): RowAnswerer {
  const names = coding.user.attributes.map(({ name }) => name)
  const own = coding.item.attributes.map(({ name }) => name)
  const ofItem = (name: string) =>
    names.includes(name) || name in { user: 0, item: 0, time: 0 } ? `item ${name}` : name
  const places = new Map(items.names.map((name, i) => [name, i]))
  const fields: RowAnswerer['fields'] = [
    { name: 'item', type: 'categorical', required: true },
    { name: 'user', type: 'categorical', required: false },
    { name: 'time', type: 'numeric', required: false },
    ...names.map(name => ({ name, type: 'categorical' as const, required: false })),
    ...own.map(name => ({ name: ofItem(name), type: 'categorical' as const, required: false })),
  ]
  return {
    fields,
    output: 'score',
    async answer(rows) {
      check(rows, fields)
      const users: Entities = {
        names: rows.map(row => text(row.user)),
        attributes: names.map(name => ({ name, values: rows.map(row => listOf(row[name])) })),
      }
      const offered: Entities = {
        names: rows.map(row => text(row.item)),
        attributes: items.attributes.map(({ name, values }) => ({
          name,
          values: rows.map(row => {
            const place = places.get(text(row.item))
            const given = listOf(row[ofItem(name)])
            return given.length > 0 || place === undefined ? given : values[place]!
          }),
        })),
      }
      const writer = new RowWriter(
        coding,
        encodeSide(users, coding.user, 'user'),
        encodeSide(offered, coding.item, 'item'),
      )
      const table = writer.write(
        rows.map((row, i) => ({ user: i, item: i, moment: momentOf(Number(row.time ?? now), []), history: [] })),
      )
      const logits = await score(table)
      return rows.map((_, i) => ({ value: 1 / (1 + Math.exp(-logits[i]!)) }))
    },
  }
}

/** @throws InterplayError `request/invalid` with every fault in `details.errors` */
function check(rows: readonly Readonly<Record<string, unknown>>[], fields: RowAnswerer['fields']): void {
  const names = fields.map(({ name }) => name)
  const faults: RowFault[] = []
  rows.forEach((row, i) => {
    for (const name of Object.keys(row)) {
      if (names.includes(name)) continue
      const near = suggest(name, names)
      faults.push(rowFault(i, name, `is no field${near.length > 0 ? `; nearest: ${near.join(', ')}` : ''}`))
    }
    if (text(row.item) === '') faults.push(rowFault(i, 'item', 'is required'))
    if (row.time !== undefined && row.time !== null && !Number.isFinite(Number(row.time)))
      faults.push(rowFault(i, 'time', 'must be a finite number'))
  })
  if (faults.length > 0) throw invalidRows(faults, rows.length)
}

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value as string))

const listOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.map(text)
    : text(value)
        .split('|')
        .filter(each => each !== '')
