import { formatNumber } from '../../../charts/index.ts'
import { type EncodedTable } from '../../../data/index.ts'
import {
  alongGradients,
  curvatureWeights,
  gather,
  gradientOf,
  Influence,
  inverseProduct,
  LayerProbe,
  strategies,
  type Strategy,
} from '../../../lenses/index.ts'
import { meanInterval, rankCorrelation } from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext, TrainedTable } from '../../../system/index.ts'
import { TableLearner, trainingSettings, trainTable } from '../../../train/index.ts'
import { kroneckerForm, linearForm } from './closed-forms.ts'
import { influenceParities } from './parity.ts'
import { curvedRows, flippedRows, Plain, specOf } from './worlds.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, seeds, size } = context
  const linear = await linearForm(60, seeds[0]!)
  settle('linear', { measured: linear, holds: linear <= 1e-5, seeds: [seeds[0]!] })
  const parities = await influenceParities()
  if (parities) {
    const largest = Math.max(...parities.flatMap(({ pairwise, self }) => [pairwise, self]))
    settle('parity', { measured: largest, holds: largest <= 1e-4 })
  } else skip('parity', 'fixtures are not here')
  const orthogonal = kroneckerForm(seeds[0]!)
  settle('orthogonal', { measured: orthogonal, holds: orthogonal <= 1e-5, seeds: [seeds[0]!] })
  if (size === 'small') {
    for (const claim of ['datamodel', 'diagonal', 'conjugate', 'flipped', 'sparse']) skip(claim, 'full size only')
    return
  }
  await halves(context)
  if (context.open('flipped')) {
    const shares: number[] = []
    for (const seed of seeds) shares.push(await flippedFound(seed, context))
    settle('flipped', {
      measured: shares.map(share => share.toFixed(2)).join(', '),
      holds: shares.every(share => share >= 0.6),
      seeds: [...seeds],
    })
  }
}

export interface HalvesSizes {
  rows: number
  queries: number
  subsets: number
  repeats: number
  epochs: number
}

const full: HalvesSizes = { rows: 1000, queries: 100, subsets: 100, repeats: 2, epochs: 40 }
const hidden = [32, 32]

/** Trains on some rows; the same start and order for the same seed. */
async function fitted(
  table: EncodedTable,
  kind: 'binary' | 'regression',
  seed: number,
  epochs: number,
  { threads, signal }: Pick<StudyContext, 'threads' | 'signal'>,
): Promise<{ learner: TableLearner; trained: TrainedTable }> {
  const inputs = table.numeric.length / table.rows
  const spec = specOf(inputs, kind, table.rows)
  const model = new Plain(inputs, hidden)
  const settings = trainingSettings(
    table.rows,
    { epochs, patience: epochs, batch: 64, learningRate: 3e-3, seed, threads },
    { networkRegularization: 1e-4 },
  )
  const learner = new TableLearner(model, spec, settings, table)
  await trainTable(learner, { train: table, valid: table }, { settings, signal })
  return { learner, trained: { model, spec, state: learner.state } }
}

/** Linear datamodelling score (Park et al. 2023): how influences, added over a half of the rows, rank what retraining on it gives. */
export async function halves(context: StudyContext, sizes = full): Promise<void> {
  const { settle, show, seeds, progress, signal } = context
  const { rows, queries, subsets, repeats, epochs } = sizes
  if (!context.open('datamodel', 'diagonal', 'conjugate', 'sparse')) return
  const seed = seeds[0]!
  const train = curvedRows(rows, seed)
  const query = curvedRows(queries, seed + 1000)
  const random = new Random(seed, 'influence.halves')
  const chosen = Array.from({ length: subsets }, () => random.permutation(rows).slice(0, rows / 2))
  const measured: Float64Array[] = []
  for (const [s, half] of chosen.entries()) {
    const answers = new Float64Array(queries)
    for (let repeat = 0; repeat < repeats; repeat++) {
      progress(`half ${s + 1} of ${subsets}`)
      const { learner } = await fitted(gather(train, half), 'regression', seed + repeat, epochs, context)
      ;(await learner.logits(query)).forEach((answer, q) => (answers[q]! += answer / repeats))
      await learner.close()
    }
    measured.push(answers)
  }
  const { learner, trained } = await fitted(train, 'regression', seed, epochs, context)
  const scores = (values: readonly Float64Array[]) =>
    Float64Array.from(values, (own, q) => {
      const predicted = chosen.map(half => half.reduce((sum, row) => sum + own[row]!, 0))
      return rankCorrelation(
        predicted,
        measured.map(answers => answers[q]!),
      )
    })
  const found = new Map<string, { scores: Float64Array; fit: number; each: number }>()
  let sparse = 0
  for (const strategy of strategies) {
    const began = performance.now()
    await using influence = await Influence.of(trained, train, { strategy, signal })
    const ready = performance.now()
    const own = (await influence.on(query, signal)).map(({ values }) => values)
    const each = (performance.now() - ready) / 1000 / queries
    found.set(strategy, { scores: scores(own), fit: (ready - began) / 1000, each })
    if (strategy === 'ekfac') sparse = median(own.map(topShare))
  }
  found.set('conjugate gradients', await conjugate(trained, train, query, seed, scores, context))
  await learner.close()
  show({
    table: {
      columns: ['curvature', 'mean rank correlation', 'seconds to fit', 'seconds a query'],
      rows: [...found].map(([name, { scores: own, fit, each }]) => [name, meanInterval(own).value, fit, each]),
    },
  })
  const mean = (name: Strategy | 'conjugate gradients') => meanInterval(found.get(name)!.scores).value
  const gain = meanInterval(found.get('ekfac')!.scores.map((score, q) => score - found.get('identity')!.scores[q]!))
  settle('datamodel', {
    measured: `${gain.value.toFixed(3)} [${gain.low.toFixed(3)}, ${gain.high.toFixed(3)}]`,
    holds: gain.low > 0,
    seeds: [seed],
  })
  const over = mean('ekfac') - mean('diagonal')
  settle('diagonal', { measured: over, holds: over >= 0, seeds: [seed] })
  const below = mean('conjugate gradients') - mean('ekfac')
  const faster = found.get('conjugate gradients')!.each / found.get('ekfac')!.each
  settle('conjugate', {
    measured: `${formatNumber(below)} below, ${formatNumber(faster)} times faster`,
    holds: below <= 0.02 && faster >= 10,
    seeds: [seed],
  })
  settle('sparse', { measured: sparse, holds: sparse >= 0.05, seeds: [seed] })
}

/** The whole matrix, with the damping of EK-FAC. */
async function conjugate(
  trained: TrainedTable,
  train: EncodedTable,
  query: EncodedTable,
  seed: number,
  scores: (values: readonly Float64Array[]) => Float64Array,
  { progress, signal }: StudyContext,
) {
  await using probe = new LayerProbe(trained)
  const [seen, asked] = [await probe.of(train, signal), await probe.of(query, signal)]
  await using influence = await Influence.of(trained, train, { signal })
  const labels = train.targets[0]!
  const weights = curvatureWeights(seen.answers, labels, 'regression', 'expected', seed)
  const damping = influence.factors.map(each => each.damping)
  const began = performance.now()
  const values: Float64Array[] = []
  for (let q = 0; q < query.rows; q++) {
    signal?.throwIfAborted()
    if (q % 10 === 0) progress(`conjugate gradients, query ${q + 1} of ${query.rows}`)
    await new Promise(resolve => setImmediate(resolve))
    const { solution } = inverseProduct(seen, weights, gradientOf(asked, q), { damping })
    values.push(alongGradients(seen, solution).map((along, r) => (-influence.slopes[r]! * along) / train.rows))
  }
  return { scores: scores(values), fit: 0, each: (performance.now() - began) / 1000 / query.rows }
}

async function flippedFound(seed: number, context: StudyContext): Promise<number> {
  context.progress(`flipped labels, seed ${seed}`)
  const { table, flipped } = flippedRows(1000, seed)
  const { learner, trained } = await fitted(table, 'binary', seed, 15, context)
  await using influence = await Influence.of(trained, table, { signal: context.signal })
  const self = influence.self()
  const first = [...self.keys()].sort((a, b) => self[b]! - self[a]!).slice(0, flipped.size)
  await learner.close()
  return first.filter(row => flipped.has(row)).length / flipped.size
}

/** Of all positive values, the share of the top hundredth of the rows. */
function topShare(values: Float64Array): number {
  const positive = values
    .filter(value => value > 0)
    .sort()
    .reverse()
  const total = positive.reduce((sum, value) => sum + value, 0)
  return (
    positive.subarray(0, Math.max(1, Math.round(values.length / 100))).reduce((sum, value) => sum + value, 0) / total
  )
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
