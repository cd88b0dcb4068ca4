import { InterplayError } from '../../errors/index.ts'
import { requireColumn, textRows, type TextRows } from '../table/text-rows.ts'
import type { Entities, Events, Interactions } from './interactions.ts'
import { isMovieLens, readMovieLens } from './read-movielens.ts'

/** What was kept of the interactions that were learned from: new users are offered the same items. */
export interface KnownInteractions {
  items: Entities
}

/** Several values of one cell stand between these. */
const separator = '|'

/** What the columns of `ratings` are called where no role names them. */
const usual = {
  user: ['user', 'userid', 'user_id'],
  item: ['item', 'itemid', 'item_id', 'movieid', 'movie_id', 'film'],
  time: ['time', 'timestamp', 'date'],
}

/**
 * Users, items and what users chose, of three tables. In `users` and `items` the first column is the name, every other an
 * attribute, several values between `|`; files of MovieLens-1M (`.dat`) are known. A row of `ratings` names a user, an item
 * and a time, a number of seconds or a date; every row counts as a choice, whatever was rated. At prediction `ratings` is
 * what new users were seen to choose, and the items are those that were learned unless others are given.
 * @throws InterplayError `data/role-missing`, `data/columns`, `data/unknown-field`, `data/unknown-value`,
 * `data/not-finite`, and what reading tables throws
 */
export async function readInteractions({
  inputs,
  roles = {},
  known,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  roles?: Readonly<Record<string, readonly string[]>>
  known?: Readonly<Record<string, unknown>>
  signal?: AbortSignal
}): Promise<Interactions> {
  const learned = known as KnownInteractions | undefined
  const table = (role: 'ratings' | 'users' | 'items', least: number) => {
    const path = inputs[role]
    if (path === undefined) return undefined
    return isMovieLens(path) ? readMovieLens(path, role) : textRows(path, least, signal)
  }
  const [ratings, usersTable, itemsTable] = [
    await table('ratings', 2),
    await table('users', 1),
    await table('items', 1),
  ]
  for (const [role, given] of [
    ['users', usersTable],
    ['items', itemsTable ?? learned],
  ] as const) {
    if (given) continue
    throw new InterplayError('data/role-missing', `recommending needs an input '${role}'`, { try: `${role}=FILE` })
  }
  const users = entitiesOf(usersTable!)
  const items = itemsTable ? entitiesOf(itemsTable) : learned!.items
  if (!ratings) return { users, items }
  return { users, items, events: eventsOf(ratings, users, items, roles) }
}

function entitiesOf({ path, columns, rows }: TextRows): Entities {
  const [name, ...attributes] = columns as [string, ...string[]]
  const nameless = rows.findIndex(row => row[name] === null)
  if (nameless >= 0) throw new InterplayError('data/columns', `'${path}' row ${nameless + 1} has no '${name}'`)
  return {
    names: rows.map(row => row[name]!),
    attributes: attributes.map(attribute => ({
      name: attribute,
      values: rows.map(row => (row[attribute] ?? '').split(separator).filter(value => value !== '')),
    })),
  }
}

function eventsOf(
  table: TextRows,
  users: Entities,
  items: Entities,
  roles: Readonly<Record<string, readonly string[]>>,
): Events {
  const column = (role: keyof typeof usual): string => {
    const asked = roles[role]?.[0]
    if (asked !== undefined) return requireColumn(table, asked, `--role ${role}`)
    const found = table.columns.find(name => usual[role].includes(name.toLowerCase()))
    if (found !== undefined) return found
    throw new InterplayError('data/unknown-field', `'${table.path}' names no ${role}`, {
      why: `columns: ${table.columns.join(', ')}`,
      try: `--role ${role}=${table.columns.at(-1)}`,
    })
  }
  const [user, item, time] = [column('user'), column('item'), column('time')]
  const placed = (name: string, among: Entities) => {
    const places = new Map(among.names.map((each, i) => [each, i]))
    return Int32Array.from(table.rows, (row, i) => {
      const place = places.get(row[name] ?? '')
      if (place !== undefined) return place
      throw new InterplayError('data/unknown-value', `'${table.path}' row ${i + 1}: no ${name} '${row[name] ?? ''}'`, {
        why: `the file of those has ${among.names.length}`,
      })
    })
  }
  return {
    user: placed(user, users),
    item: placed(item, items),
    time: Float64Array.from(table.rows, (row, i) => {
      const text = row[time]
      const seconds = text === null || text === undefined ? NaN : Number(text)
      const value = Number.isNaN(seconds) && text ? Date.parse(text) / 1000 : seconds
      if (Number.isFinite(value)) return value
      throw new InterplayError(
        'data/not-finite',
        `'${table.path}' row ${i + 1}: '${time}' is ${text ? `'${text}'` : 'empty'}`,
        { why: 'what came first and what later is told by it', try: '--role time=COLUMN' },
      )
    }),
  }
}
