import type { EncodedTable } from '../../../data/index.ts'
import type { TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { TrialData } from '../shared/trial.ts'

const [users, items] = [400, 300]
const noise = 0.3

/** A number below `size` by Zipf's law with exponent 0.8. */
function zipf(size: number): (random: Random) => number {
  const totals = new Float64Array(size)
  for (let i = 0; i < size; i++) totals[i] = (i > 0 ? totals[i - 1]! : 0) + (i + 1) ** -0.8
  return random => {
    const above = random.uniform() * totals[size - 1]!
    return totals.findIndex(total => total > above)
  }
}

/**
 * Ratings <u, v> / sqrt 2 with noise of deviation 0.3, by users and items drawn by Zipf's law: the frequent half of both has
 * latent vectors of rank 8, the rare half of rank 1.
 */
export function plantedRanks(rows: number, seed: number): TrialData {
  const random = new Random(seed, 'dnis.planted')
  const latent = (size: number) =>
    Array.from({ length: size }, (_, i) =>
      Float64Array.from({ length: 8 }, (_, k) => {
        const drawn = random.normal()
        return k === 0 || i < size / 2 ? drawn : 0
      }),
    )
  const [u, v] = [latent(users), latent(items)]
  const [drawUser, drawItem] = [zipf(users), zipf(items)]
  const part = (name: string, count: number): EncodedTable => {
    const own = new Random(seed, `dnis.planted.${name}`)
    const categorical = new Int32Array(2 * count)
    const ratings = new Float32Array(count)
    for (let row = 0; row < count; row++) {
      const [user, item] = [drawUser(own), drawItem(own)]
      categorical[2 * row] = 1 + user
      categorical[2 * row + 1] = users + 2 + 1 + item
      const product = u[user]!.reduce((sum, value, k) => sum + value * v[item]![k]!, 0)
      ratings[row] = product / Math.SQRT2 + noise * own.normal()
    }
    const rowNumber = Int32Array.from({ length: count }, (_, row) => row + 1)
    return { rows: count, categorical, numeric: new Float32Array(), sequences: [], targets: [ratings], rowNumber }
  }
  const spec: TableSpec = {
    fields: [
      { name: 'user', type: 'categorical', size: users + 2 },
      { name: 'item', type: 'categorical', size: items + 2 },
    ],
    targets: [{ name: 'rating', kind: 'regression', mean: 0, deviation: 1 }],
    rows,
  }
  return { spec, train: part('train', rows), valid: part('valid', rows / 6), test: part('test', rows / 6) }
}
