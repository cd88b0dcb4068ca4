import { Random } from '../../random/index.ts'
import type { TableWorld, WorldOptions, WorldTable } from './world.ts'

export interface BehaviourTypes extends WorldTable {
  /** The type of each row's user, 0 to 3. */
  types: Int32Array
  /** Log-odds of the target, by row. */
  logits: Float64Array
}

const types = 4
const categories = 20
const factors = 6
const sessions = 3
const candidates = 5

/** Longest history. */
const longest = 30

/**
 * Users of four types search. A user's history is drawn from the type's own distribution over categories, Dirichlet(1); an
 * item x and a query q are six factors of -1 or 1 each; z = x^T M q with M of the type, entries N(0, 1/6), and y ~
 * Bernoulli(sigmoid z). Without the type the sign of every interaction is unknown. Histories have 1 item and a geometric
 * number more; three in ten have at most 2.
 */
export const behaviourTypes: TableWorld<BehaviourTypes> = {
  name: 'behaviour-types',
  title: "users' histories tell how items and queries act together",
  task: 'table',
  recipe: {
    target: ['y'],
    split: 'key:user',
    types: {
      user: 'meta',
      session: 'meta',
      history: 'sequence:^',
      ...Object.fromEntries(names('item').map(name => [name, 'categorical'])),
      ...Object.fromEntries(names('query').map(name => [name, 'categorical'])),
    },
    roles: { group: ['session'] },
  },
  make({ seed, size = 'full' }: WorldOptions): BehaviourTypes {
    const users = size === 'full' ? 4_000 : 150
    const truth = Array.from({ length: types }, (_, type) => typeOf(new Random(seed, 'behaviour-types.type', type)))
    const random = new Random(seed, 'behaviour-types.rows')
    const rows = users * sessions * candidates
    const columns: Record<string, (string | number)[]> = Object.fromEntries(
      ['user', 'session', 'history', ...names('item'), ...names('query'), 'y'].map(name => [name, []]),
    )
    const found: BehaviourTypes = { columns, types: new Int32Array(rows), logits: new Float64Array(rows) }
    let row = 0
    for (let user = 0; user < users; user++) {
      const type = random.integer(types)
      const history = Array.from({ length: lengthOf(random) }, () => `c${placeIn(truth[type]!.shares, random)}`)
      for (let session = 0; session < sessions; session++) {
        const query = signs(random)
        for (let candidate = 0; candidate < candidates; candidate++, row++) {
          const item = signs(random)
          const z = form(item, truth[type]!.matrix, query)
          found.types[row] = type
          found.logits[row] = z
          const values = [
            `u${user}`,
            `s${user * sessions + session}`,
            history.join('^'),
            ...[...item, ...query].map(sign => (sign > 0 ? 'yes' : 'no')),
            random.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0,
          ]
          Object.values(columns).forEach((column, c) => column.push(values[c]!))
        }
      }
    }
    return found
  },
}

function names(part: 'item' | 'query'): string[] {
  return Array.from({ length: factors }, (_, f) => `${part}${f}`)
}

/** A type's distribution over categories, as running totals, and its matrix [factors, factors]. */
function typeOf(random: Random): { shares: Float64Array; matrix: Float64Array } {
  const weights = Float64Array.from({ length: categories }, () => -Math.log(1 - random.uniform()))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let running = 0
  return {
    shares: weights.map(weight => (running += weight / total)),
    matrix: Float64Array.from({ length: factors * factors }, () => random.normal() / Math.sqrt(factors)),
  }
}

function placeIn(totals: Float64Array, random: Random): number {
  const drawn = random.uniform()
  const place = totals.findIndex(total => total > drawn)
  return place < 0 ? totals.length - 1 : place
}

/** 1 + geometric: at most 2 with chance 0.3. */
function lengthOf(random: Random): number {
  const more = Math.floor(Math.log(1 - random.uniform()) / Math.log(Math.sqrt(0.7)))
  return Math.min(1 + more, longest)
}

const signs = (random: Random): number[] => Array.from({ length: factors }, () => 2 * random.integer(2) - 1)

const form = (x: readonly number[], matrix: Float64Array, q: readonly number[]): number =>
  x.reduce((sum, a, i) => sum + q.reduce((part, b, j) => part + a * matrix[i * factors + j]! * b, 0), 0)
