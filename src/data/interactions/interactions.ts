import { InterplayError } from '../../errors/index.ts'

/** Users or items, and what is known of each before anybody clicks. */
export interface Entities {
  names: readonly string[]
  /** Of each attribute the values of every entity, in the order of the names: none where unknown, several of a genre list. */
  attributes: readonly { name: string; values: readonly (readonly string[])[] }[]
}

/** Who chose what and when: indices of users and items, seconds since 1970. */
export interface Events {
  user: Int32Array
  item: Int32Array
  time: Float64Array
}

/** Users and items with their attributes, and what users chose. */
export interface Interactions {
  users: Entities
  items: Entities
  /** Absent where users are asked for of whom nothing is known yet. */
  events?: Events
}

/** Fewer users cannot be split into those that teach, that are watched and that are tested. */
const leastUsers = 5

/**
 * @throws InterplayError `data/empty`, `data/columns`, `data/conflict`, `data/unknown-value`, `data/not-finite`,
 * `data/role-missing`
 */
export function checkInteractions({ users, items, events }: Interactions, purpose: 'fit' | 'predict'): void {
  checkEntities(users, 'user')
  checkEntities(items, 'item')
  if (events) checkEvents(events, users, items)
  if (purpose === 'predict') return
  if (!events || events.user.length === 0) {
    throw new InterplayError('data/role-missing', 'nobody chose anything: there are no ratings to learn from', {
      try: 'ratings=FILE',
    })
  }
  if (users.names.length < leastUsers) {
    throw new InterplayError('data/empty', `${users.names.length} users are too few to hold some of them out`, {
      why: `${leastUsers} are the least`,
    })
  }
}

function checkEntities({ names, attributes }: Entities, what: 'user' | 'item'): void {
  if (names.length === 0) throw new InterplayError('data/empty', `there is no ${what}`)
  const places = new Map<string, number>()
  for (const [i, name] of names.entries()) {
    const earlier = places.get(name)
    if (earlier !== undefined)
      throw new InterplayError('data/conflict', `${what} '${name}' stands in rows ${earlier + 1} and ${i + 1}`)
    places.set(name, i)
  }
  const uneven = attributes.find(({ values }) => values.length !== names.length)
  if (!uneven) return
  throw new InterplayError(
    'data/columns',
    `'${uneven.name}' has ${uneven.values.length} values for ${names.length} ${what}s`,
  )
}

function checkEvents({ user, item, time }: Events, users: Entities, items: Entities): void {
  for (let i = 0; i < user.length; i++) {
    for (const [what, at, { names }] of [['user', user[i]!, users] as const, ['item', item[i]!, items] as const]) {
      if (at >= 0 && at < names.length) continue
      throw new InterplayError('data/unknown-value', `event ${i + 1} is of ${what} ${at}, there are ${names.length}`)
    }
    if (Number.isFinite(time[i])) continue
    throw new InterplayError('data/not-finite', `event ${i + 1}, of user '${users.names[user[i]!]}', has no time`, {
      why: 'what came first and what later is told by it',
    })
  }
}

/** The events of every user, earliest first; ties in the order of the items. */
export function eventsByUser({ users, events }: Interactions): Int32Array[] {
  const lists = users.names.map((): number[] => [])
  if (events) for (let i = 0; i < events.user.length; i++) lists[events.user[i]!]!.push(i)
  return lists.map(list =>
    Int32Array.from(list.sort((a, b) => events!.time[a]! - events!.time[b]! || events!.item[a]! - events!.item[b]!)),
  )
}
