import { formatMetric } from '../../../charts/format.ts'
import type { PlantedGraph } from '../../../data/index.ts'
import { goldenCases } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { completeGraph, constantOnRing, pooling, singleCategory } from './closed-forms.ts'
import { parityOf } from './parity.ts'
import {
  contenders,
  labelPropagation,
  newEdges,
  plantedOf,
  shuffledColumn,
  trial,
  type Contender,
  type Trial,
} from './planted.ts'

export async function run(context: StudyContext): Promise<void> {
  await parity(context)
  await closedForms(context)
  await planted(context)
}

async function parity({ settle, skip }: StudyContext): Promise<void> {
  const cases = await goldenCases('catgcn')
  if (!cases) {
    for (const claim of ['parity', 'gradients']) skip(claim, 'fixtures are not here')
    return
  }
  const found = []
  for (const golden of cases) found.push(await parityOf(golden))
  const outputs = Math.max(...found.map(each => each.outputs))
  const gradients = Math.max(...found.map(each => each.gradients))
  settle('parity', { measured: outputs, holds: outputs <= 1e-5 })
  settle('gradients', { measured: gradients, holds: gradients <= 1e-4 })
}

async function closedForms({ settle }: StudyContext): Promise<void> {
  const [mixed, equal] = [await completeGraph(1.5), await completeGraph(0)]
  const error = Math.max(mixed.error, equal.error)
  settle('complete', { measured: error, holds: error <= 1e-6 })
  settle('alike', { measured: equal.spread, holds: equal.spread === 0 && mixed.spread > 0 })
  const pairs = await pooling()
  settle('pooling', { measured: pairs, holds: pairs <= 1e-5 })
  const ring = await constantOnRing()
  settle('constant', { measured: ring, holds: ring <= 1e-6 })
  const single = await singleCategory()
  settle('single', { measured: single, holds: single === 0 })
}

const claims = ['graph', 'simple', 'local', 'edges', 'column', 'pairs']
const forms: Contender[] = ['CatGCN, local', 'CatGCN, global', 'CatGCN']

async function planted(context: StudyContext): Promise<void> {
  const { settle, skip, show, size, seeds, threads, signal, progress } = context
  if (size === 'small') for (const claim of claims) skip(claim, 'full size only')
  if (size === 'small' || !context.open(...claims)) return
  const worlds: Record<string, [make: (seed: number) => PlantedGraph, models: Contender[]]> = {
    planted: [plantedOf, Object.keys(contenders) as Contender[]],
    'edges anew': [seed => newEdges(plantedOf(seed), seed), ['local, no graph', ...forms]],
    'column shuffled': [seed => shuffledColumn(plantedOf(seed), seed), forms],
  }
  const rows: (string | number)[][] = []
  const accuracy: Record<string, number> = {}
  let shares: NonNullable<Trial['pairs']>[] = []
  for (const [world, [make, models]] of Object.entries(worlds)) {
    for (const contender of models) {
      const trials: Trial[] = []
      for (const seed of seeds) {
        progress(`${world}: ${contender}, seed ${seed}`)
        trials.push(await trial(contender, make(seed), { seed, threads, signal, progress: () => {} }))
      }
      const mean = (of: (each: Trial) => number) => trials.reduce((sum, each) => sum + of(each), 0) / trials.length
      accuracy[`${world} ${contender}`] = mean(each => each.accuracy)
      if (world === 'planted' && contender === 'CatGCN') shares = trials.map(each => each.pairs!)
      rows.push([world, contender, formatMetric(mean(each => each.accuracy)), formatMetric(mean(each => each.f1))])
    }
  }
  show({ table: { columns: ['graph', 'model', 'test accuracy', 'macro F1'], rows } })
  const of = (world: string, contender: Contender) => 100 * accuracy[`${world} ${contender}`]!
  const worst = (world: string) => Math.min(...forms.map(form => of(world, form)))
  const best = (world: string) => Math.max(...forms.map(form => of(world, form)))
  const points = (value: number, holds: boolean) => ({ measured: `${value.toFixed(1)} points`, holds, seeds })
  const lead = (contender: Contender) => worst('planted') - of('planted', contender)
  settle('graph', points(lead('means, GCN'), lead('means, GCN') >= 12))
  settle('simple', points(lead('means, SGC'), lead('means, SGC') >= 40))
  settle('local', points(lead('local, no graph'), lead('local, no graph') >= 8))
  const left = best('edges anew') - of('edges anew', 'local, no graph')
  settle('edges', points(left, left <= 2))
  const alone = seeds.map(seed => labelPropagation(shuffledColumn(plantedOf(seed), seed)))
  const column = best('column shuffled') - (100 * alone.reduce((sum, share) => sum + share, 0)) / alone.length
  settle('column', points(column, column <= 8))
  const percent = (of: 'planted' | 'overruled') => shares.map(each => `${(100 * each[of]).toFixed(1)}%`).join(', ')
  settle('pairs', {
    measured: percent('planted'),
    holds: shares.every(({ planted }) => planted > 0.95),
    seeds,
    note: `that pair speaks against the call of ${percent('overruled')}, whom their neighbours overrule`,
  })
}
