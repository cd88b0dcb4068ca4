import type { EncodedTable } from '../../../data/index.ts'
import { auc } from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { categoricalRows } from '../shared/trial.ts'
import { boost } from './boost.ts'
import { boostedTreesOptions } from './options.ts'
import { goldenTargets, parityOf } from './parity.ts'

export async function run(context: StudyContext): Promise<void> {
  if (context.open('lightgbm')) await lightgbm(context)
  if (context.open('threads', 'pair')) await pair(context)
}

async function lightgbm({ settle, skip }: StudyContext): Promise<void> {
  const all = await Promise.all(goldenTargets.map(parityOf))
  const known = all.filter(parity => parity !== undefined)
  if (known.length < all.length) return skip('lightgbm', 'the golden vectors are not in this package')
  const scores = Math.max(...known.map(parity => parity.scores))
  const splits = known.reduce((sum, parity) => sum + parity.splits, 0)
  settle('lightgbm', {
    measured: `${scores.toExponential(1)}, ${splits} fields of other splits`,
    holds: scores < 1e-5 && splits === 0,
  })
}

const fields = 6
const values = 12

/** Log-odds are +1.5 where x0 and x1 are both odd or both even, else -1.5. */
function pairRows(rows: number, seed: number, part: string): EncodedTable {
  const random = new Random(seed, `boosted-trees.pair.${part}`)
  return categoricalRows(fields, values, rows, () => {
    const x = Array.from({ length: fields }, () => random.integer(values))
    const chance = 1 / (1 + Math.exp(agree(x[0]!, x[1]!) ? -1.5 : 1.5))
    return { values: x, label: random.uniform() < chance ? 1 : 0 }
  })
}

const agree = (a: number, b: number) => (a + b) % 2 === 0

async function pair({ size, seeds, threads, signal, settle }: StudyContext): Promise<void> {
  const [seed] = seeds
  const rows = size === 'full' ? 30_000 : 3_000
  const train = pairRows(rows, seed!, 'train')
  const valid = pairRows(rows / 3, seed!, 'valid')
  const test = pairRows(rows / 3, seed!, 'test')
  const spec = { ...categoricalSpec(new Array<number>(fields).fill(values + 2)), rows }
  const settings = { spec, options: boostedTreesOptions.parse({}), seed: seed!, valid, signal }
  const [one, two] = [
    await boost(train, { ...settings, threads: 1 }),
    await boost(train, { ...settings, threads: Math.max(2, threads) }),
  ]
  const same = JSON.stringify(one.trees) === JSON.stringify(two.trees)
  settle('threads', { measured: same ? 'identical' : 'not the same', holds: same })
  const labels = test.targets[0]!
  const truth = Float64Array.from({ length: test.rows }, (_, row) => {
    const [a, b] = [test.categorical[row * fields]! - 1, test.categorical[row * fields + 1]! - 1 - (values + 2)]
    return agree(a, b) ? 1 : 0
  })
  const [own, best] = [auc(labels, one.predict(test)), auc(labels, truth)]
  settle('pair', { measured: `${own.toFixed(4)} of ${best.toFixed(4)}`, holds: own >= 0.95 * best, seeds: [seed!] })
}
