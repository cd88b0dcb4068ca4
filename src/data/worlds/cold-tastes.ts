import { Random } from '../../random/index.ts'
import type { Entities, Events, Interactions } from '../interactions/interactions.ts'
import type { World, WorldOptions } from './world.ts'

export interface ColdTastes extends Interactions {
  events: Events
  /** The user attribute that tastes hang on; the others are noise but for age, which acts with the hour alone. */
  driver: string
  truth: ColdTruth
}

interface ColdTruth {
  /** Of each user in each part of the day what follows from the attributes, the personal part left out: [users * parts]. */
  tastes: readonly Float64Array[]
  items: readonly Float64Array[]
}

/** The chance that a user chooses an item at a time, as well as it can be told of a stranger. */
export const affinityOf = ({ tastes, items }: ColdTruth, user: number, item: number, time: number): number =>
  chance(tastes[user * dayParts + partOf(time)]!, items[item]!)

const width = 16
const [genders, ages, occupations, regions, genres] = [2, 7, 21, 10, 18]
const [occupationShare, ageAndHourShare, personalShare] = [0.45, 0.25, 0.3]
/** Night, morning, afternoon, evening. */
const dayParts = 4
const start = 1_700_000_000
const day = 86_400

/**
 * Films with genres and users with occupations: what a user likes is a vector of the occupation, one of age and hour
 * together, and one of their own (0.3 of the variance, unlearnable for a stranger); an item is the sum of its genres and
 * noise; of 50 items shown over half a year, each is chosen with probability sigmoid(3 cos - 1).
 */
export const coldTastes: World<ColdTastes> = {
  name: 'cold-tastes',
  title: 'users whose tastes follow from what they are, and items to recommend to strangers',
  task: 'table+history',
  make({ seed, size = 'full' }: WorldOptions): ColdTastes {
    const [userCount, itemCount, exposures] = size === 'full' ? [1000, 600, 50] : [60, 40, 20]
    const truth = new Random(seed, 'cold-tastes.truth')
    const vectors = (count: number) =>
      Array.from({ length: count }, () => Float64Array.from({ length: width }, () => truth.normal()))
    const [ofGenre, ofOccupation, ofAgeAndHour] = [vectors(genres), vectors(occupations), vectors(ages * dayParts)]
    const random = new Random(seed, 'cold-tastes.rows')
    const items = Array.from({ length: itemCount }, () => {
      const own = new Set(Array.from({ length: 1 + random.integer(3) }, () => random.integer(genres)))
      const vector = new Float64Array(width)
      for (const genre of own) ofGenre![genre]!.forEach((value, k) => (vector[k]! += value))
      vector.forEach((value, k) => (vector[k] = value + 0.5 * random.normal()))
      return { own: [...own].sort((a, b) => a - b), decade: random.integer(6), vector }
    })
    const users = Array.from({ length: userCount }, () => ({
      gender: random.integer(genders),
      age: random.integer(ages),
      occupation: random.integer(occupations),
      region: random.integer(regions),
      personal: Float64Array.from({ length: width }, () => random.normal()),
    }))
    const tastes = users.flatMap(({ age, occupation }) =>
      Array.from({ length: dayParts }, (_, part) => {
        const [a, b] = [ofOccupation![occupation]!, ofAgeAndHour![age * dayParts + part]!]
        return a.map((value, k) => Math.sqrt(occupationShare) * value + Math.sqrt(ageAndHourShare) * b[k]!)
      }),
    )
    const events: { user: number; item: number; time: number }[] = []
    for (let user = 0; user < userCount; user++) {
      const shown = random.permutation(itemCount).slice(0, exposures)
      for (const item of shown) {
        const time = start + Math.floor(random.uniform() * 180 * day)
        const personal = users[user]!.personal
        const known = tastes[user * dayParts + partOf(time)]!
        const taste = known.map((value, k) => value + Math.sqrt(personalShare) * personal[k]!)
        if (random.uniform() < chance(taste, items[item]!.vector)) events.push({ user, item, time })
      }
    }
    const { length } = events
    return {
      users: entities('u', users, {
        gender: user => ['FM'[user.gender]!],
        age: user => [`${10 * (user.age + 1)}s`],
        occupation: user => [`job ${user.occupation}`],
        region: user => [`region ${user.region}`],
      }),
      items: entities('film ', items, {
        decade: item => [`${1950 + 10 * item.decade}s`],
        genres: item => item.own.map(genre => `genre ${genre}`),
      }),
      events: {
        user: Int32Array.from({ length }, (_, i) => events[i]!.user),
        item: Int32Array.from({ length }, (_, i) => events[i]!.item),
        time: Float64Array.from({ length }, (_, i) => events[i]!.time),
      },
      driver: 'occupation',
      truth: { tastes, items: items.map(item => item.vector) },
    }
  },
}

const partOf = (time: number): number => Math.floor((time % day) / (day / dayParts))

const chance = (taste: Float64Array, item: Float64Array): number => 1 / (1 + Math.exp(1 - 3 * cosine(taste, item)))

const cosine = (a: Float64Array, b: Float64Array): number => {
  let [dot, aa, bb] = [0, 0, 0]
  a.forEach((value, k) => {
    dot += value * b[k]!
    aa += value * value
    bb += b[k]! * b[k]!
  })
  return dot / Math.sqrt(aa * bb)
}

const entities = <Row>(
  prefix: string,
  rows: readonly Row[],
  attributes: Readonly<Record<string, (row: Row) => string[]>>,
): Entities => ({
  names: rows.map((_, i) => `${prefix}${i + 1}`),
  attributes: Object.entries(attributes).map(([name, of]) => ({ name, values: rows.map(of) })),
})
