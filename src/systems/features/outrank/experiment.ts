import { noisyColumns, prepareTable, type NoisyColumns } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { boost } from '../boosted-trees/boost.ts'
import { boostedTreesOptions } from '../boosted-trees/options.ts'
import { gainsOf, goldenDistance, rankColumns } from './parity.ts'
import { searches } from './searches.ts'

export async function run(context: StudyContext): Promise<void> {
  if (context.open('authors')) await authors(context)
  if (context.open('cardinality', 'plain', 'trees')) await cardinality(context)
  if (context.open('pairs', 'threads')) await pairs(context)
  if (context.open('false')) await falseAlarms(context)
  if (context.open('search', 'pairSearch', 'forest')) await searches(context)
}

async function authors({ settle, skip }: StudyContext): Promise<void> {
  const distance = await goldenDistance()
  if (!distance) return skip('authors', 'the golden vectors are not in this package')
  const { corrected, plain } = distance
  settle('authors', {
    measured: `corrected ${corrected.toExponential(1)}, plain ${plain.toExponential(1)}`,
    holds: Math.max(corrected, plain) < 1e-4,
  })
}

type Gains = ReadonlyMap<string, number>

const greatestOf = (gains: Gains, names: readonly string[]) => Math.max(...names.map(name => gains.get(name)!))
const leastOf = (gains: Gains, names: readonly string[]) => Math.min(...names.map(name => gains.get(name)!))

/** Noise whose gains are steady enough in 20,000 rows to be compared one by one. */
const steadyNoise = ({ noise }: NoisyColumns) => noise.filter(name => !['noise5000', 'noise10000'].includes(name))
const manyValued = ['noise1000', 'noise5000', 'noise10000']

async function cardinality({ seeds, threads, signal, settle, show, progress }: StudyContext): Promise<void> {
  const worlds = []
  for (const seed of seeds) {
    progress(`noisy columns, seed ${seed}`)
    const world = noisyColumns.make({ seed })
    const corrected = await gainsOf(world.columns, {}, threads)
    const plain = await gainsOf(world.columns, { score: 'plain', controls: 0 }, threads)
    worlds.push({ world, corrected, plain, trees: await treeImportances(seed, threads, signal) })
    signal?.throwIfAborted()
  }
  const [first] = worlds
  show({
    table: {
      columns: ['field', 'corrected, nats', 'plain, nats', 'boosted trees, share of gain'],
      rows: [...first!.corrected].map(([name, gain]) => [
        name,
        gain,
        first!.plain.get(name)!,
        first!.trees.get(name) ?? null,
      ]),
    },
  })
  const margins = worlds.map(
    ({ world, corrected }) => leastOf(corrected, world.signals) - greatestOf(corrected, steadyNoise(world)),
  )
  const loudest = Math.max(
    ...worlds.flatMap(({ world, corrected }) => steadyNoise(world).map(name => Math.abs(corrected.get(name)!))),
  )
  settle('cardinality', {
    measured: `least margin ${Math.min(...margins).toFixed(4)}, noise up to ${loudest.toFixed(4)}`,
    holds: Math.min(...margins) > 0 && loudest < 0.005,
    seeds,
  })
  const fooled = worlds.filter(({ plain }) => leastOf(plain, manyValued) > plain.get('weak')!).length
  settle('plain', { measured: `in ${fooled} of ${seeds.length} worlds`, holds: fooled === seeds.length, seeds })
  const treesFooled = worlds.filter(({ trees }) => greatestOf(trees, manyValued) > trees.get('weak')!).length
  settle('trees', {
    measured: `in ${treesFooled} of ${seeds.length} worlds`,
    holds: treesFooled === seeds.length,
    seeds,
  })
}

/** Share of the splits' gain by field; the id takes no part, since a fit leaves it out. */
async function treeImportances(seed: number, threads: number, signal?: AbortSignal): Promise<Gains> {
  const { spec, train, valid } = await prepareTable('world:noisy-columns', { seed, signal })
  const model = await boost(train, { spec, options: boostedTreesOptions.parse({}), seed, threads, valid, signal })
  const importances = model.importances()
  const total = importances.reduce((sum, { gain }) => sum + gain, 0)
  return new Map(importances.map(({ field, gain }) => [field, gain / total]))
}

async function pairs({ seeds, settle }: StudyContext): Promise<void> {
  const [seed] = seeds
  const world = noisyColumns.make({ seed: seed! })
  const one = await rankColumns(world.columns, { order: 2 }, 1)
  const two = await rankColumns(world.columns, { order: 2 }, 2)
  const singles = world.pair.map(name => one.results.find(({ set }) => set.join() === name)!.gain)
  const first = one.results[0]!
  settle('pairs', {
    measured: `singles ${Math.max(...singles).toExponential(1)}, ${first.set.join(' × ')} first with ${first.gain.toFixed(3)}`,
    holds: Math.max(...singles.map(Math.abs)) < 0.001 && first.set.join() === world.pair.join(),
    seeds: [seed!],
  })
  const same = JSON.stringify(one.results) === JSON.stringify(two.results)
  settle('threads', { measured: same ? 'identical' : 'not the same', holds: same, seeds: [seed!] })
}

const cardinalities = [2, 2, 3, 5, 10, 30, 100, 300, 1000, 3000]

/** Worlds in which nothing tells of the target: how many have no field above its noise. */
async function falseAlarms({ size, seeds, threads, signal, settle, progress }: StudyContext): Promise<void> {
  const worlds = size === 'full' ? 100 : 5
  let quiet = 0
  for (let w = 0; w < worlds; w++) {
    signal?.throwIfAborted()
    progress(`worlds without a signal: ${w} of ${worlds}`)
    const random = new Random(seeds[0]!, 'outrank.quiet', w)
    const drawn = (values: number) => Array.from({ length: 4000 }, () => `v${random.integer(values)}`)
    const columns = Object.fromEntries(cardinalities.map((values, c) => [`x${c}`, drawn(values)]))
    const { results } = await rankColumns({ ...columns, y: drawn(2) }, {}, threads, w)
    if (results.every(({ gain, noise }) => gain <= noise!)) quiet++
  }
  settle('false', {
    measured: `${quiet} of ${worlds} worlds without any above`,
    holds: quiet >= 0.95 * worlds,
    seeds: [seeds[0]!],
  })
}
