import { Random } from '../../random/index.ts'
import { eventsByUser, type Interactions } from './interactions.ts'

/** What is kept back: whole users, whole items, or the last choice of every user. */
export type Protocol = 'cold-user' | 'cold-item' | 'warm'

/** A user to whom items are recommended, and what that user then chose. */
export interface RankingCase {
  user: number
  /** Items chosen before, earliest first: what may be shown, and what is no candidate any more. */
  before: Int32Array
  /** Times of those choices. */
  times: Float64Array
  /** Items chosen afterwards. */
  targets: Int32Array
  /** When items are recommended: the time of the first target. */
  time: number
}

export interface HeldOut {
  /** Events that teach. */
  train: Int32Array
  valid: RankingCase[]
  test: RankingCase[]
}

const [testUsers, validUsers] = [0.2, 0.1]
const [testItems, validItems] = [0.1, 0.05]
/** The last choices of a cold user that are asked for, and the first ones that are left to be shown. */
const [mostTargets, leftToShow] = [10, 5]

/**
 * Parts the events by a protocol. cold-user: a fifth of the users is in no training event, their last ten choices are the
 * targets; cold-item: the tenth of the items that appeared last; warm: the last choice of every user. Validation is held
 * out in the same way.
 */
export function holdOut(data: Interactions, protocol: Protocol, seed: number): HeldOut {
  if (protocol === 'cold-user') return coldUsers(data, seed)
  return protocol === 'cold-item' ? coldItems(data) : lastOnes(data)
}

function coldUsers(data: Interactions, seed: number): HeldOut {
  const lists = eventsByUser(data)
  const active = Int32Array.from(lists.keys()).filter(user => lists[user]!.length > 0)
  const order = new Random(seed, 'cold users').shuffle(active)
  const [test, valid] = [testUsers, validUsers].map(share => Math.max(1, Math.round(share * order.length)))
  const cases = (users: Int32Array) =>
    Array.from(users, user => {
      const all = lists[user]!
      const from = all.length - Math.min(mostTargets, Math.max(1, all.length - leftToShow))
      return caseOf(data, user, all.subarray(0, from), all.subarray(from))
    })
  return {
    test: cases(order.slice(0, test)),
    valid: cases(order.slice(test, test! + valid!)),
    train: joined(Array.from(order.slice(test! + valid!), user => lists[user]!)),
  }
}

function coldItems(data: Interactions): HeldOut {
  const { item, time } = data.events!
  const first = new Float64Array(data.items.names.length).fill(Infinity)
  item.forEach((at, i) => (first[at] = Math.min(first[at]!, time[i]!)))
  const seen = Array.from(first.keys()).filter(at => first[at]! < Infinity)
  const newest = seen.sort((a, b) => first[b]! - first[a]! || a - b)
  const [test, valid] = [testItems, validItems].map(share => Math.max(1, Math.round(share * newest.length)))
  const [tested, watched] = [new Set(newest.slice(0, test)), new Set(newest.slice(test, test! + valid!))]
  const lists = eventsByUser(data)
  const cases = (held: ReadonlySet<number>) =>
    lists.flatMap((all, user) => {
      const targets = all.filter(i => held.has(item[i]!))
      const before = all.filter(i => !tested.has(item[i]!) && !watched.has(item[i]!))
      return targets.length > 0 ? [caseOf(data, user, before, targets)] : []
    })
  return {
    test: cases(tested),
    valid: cases(watched),
    train: joined(lists).filter(i => !tested.has(item[i]!) && !watched.has(item[i]!)),
  }
}

function lastOnes(data: Interactions): HeldOut {
  const lists = eventsByUser(data).map((all, user) => ({ all, user }))
  const cases = (back: number) =>
    lists.flatMap(({ all, user }) => {
      const at = all.length - back
      return at > 0 ? [caseOf(data, user, all.subarray(0, at), all.subarray(at, at + 1))] : []
    })
  return {
    test: cases(1),
    valid: cases(2),
    train: joined(lists.map(({ all }) => all.subarray(0, Math.max(1, all.length - 2)))),
  }
}

function caseOf({ events }: Interactions, user: number, before: Int32Array, targets: Int32Array): RankingCase {
  const { item, time } = events!
  return {
    user,
    before: before.map(i => item[i]!),
    times: Float64Array.from(before, i => time[i]!),
    targets: targets.map(i => item[i]!),
    time: time[targets[0]!]!,
  }
}

/** In the order of the events. */
const joined = (lists: readonly Int32Array[]): Int32Array => Int32Array.from(lists.flatMap(list => [...list])).sort()
