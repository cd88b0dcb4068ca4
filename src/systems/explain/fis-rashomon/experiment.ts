import { formatMeasured, formatNumber } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import {
  lossOf,
  maskedPredictor,
  rashomonCloud,
  usualLoss,
  type MaskedModel,
  type RashomonCloud,
  type SetCloud,
} from '../../../lenses/index.ts'
import type { Tensor } from '../../../engine/index.ts'
import { MultilayerPerceptron, TableModel, type Mode, type TableBatch, type TableSpec } from '../../../nn/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { TableLearner, trainingSettings, trainTable } from '../../../train/index.ts'
import { compasRows, logisticOf } from './compas.ts'
import { distanceOf, haloForm, permutationForms } from './closed-forms.ts'
import { detectionByPermutation, detectionInContext } from './detection.ts'
import { explanationOf } from './explanation.ts'
import { searchParities } from './parity.ts'
import { copiedRows, detections, productRows, type WorldRows } from './worlds.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, signal, seeds, size } = context
  const halo = await haloForm()
  const searched = Math.max(...halo.map(each => Math.abs(each.searched - each.exact)))
  const analytic = Math.max(...halo.map(each => Math.abs(each.analytic - each.exact)))
  settle('halo', {
    measured: `${formatNumber(searched)} and ${formatNumber(analytic)}`,
    holds: searched <= 1e-4 && analytic <= 1e-8,
  })
  const parities = await searchParities()
  if (parities) {
    const largest = Math.max(...parities.map(({ dials }) => dials))
    settle('search', { measured: largest, holds: largest <= 1e-6 })
  } else skip('search', 'fixtures are not here')
  await inside(context)
  if (size === 'small') {
    for (const claim of ['permutation', 'context', 'shuffled', 'disagree', 'overlap', ...compasClaims])
      skip(claim, 'full size only')
    return
  }
  const [seed] = seeds
  if (context.open('permutation')) {
    const forms = await permutationForms(200_000, 5, seed!)
    const worst = Math.max(...forms.map(distanceOf))
    settle('permutation', { measured: worst, holds: worst <= 0.02, seeds: [seed!] })
  }
  if (context.open('context')) {
    const aucs: number[] = []
    for (const each of detections) {
      context.progress(`${each.name} in context`)
      aucs.push(await detectionInContext(each, signal))
    }
    const text = aucs.map(value => value.toFixed(3)).join(', ')
    settle('context', { measured: text, holds: aucs.every(value => value === 1) })
  }
  if (context.open('shuffled')) {
    const auc = await detectionByPermutation(detections[0]!, { rows: 1000, repeats: 10, seed: seed!, signal })
    settle('shuffled', { measured: auc, holds: auc >= 0.9, seeds: [seed!] })
  }
  await copies(context)
  await compas(context)
}

async function inside({ settle, seeds }: StudyContext): Promise<void> {
  const { columns, labels } = productRows(200, seeds[0]!)
  const predictor = exactProduct()
  const model = maskedPredictor(predictor, columns)
  const cloud = await rashomonCloud(model, columns, labels, { sets: 2, models: 8, repeats: 1, seed: seeds[0]! })
  const loss = lossOf(usualLoss(labels), labels, model.output)
  let [worse, distance] = [0, 0]
  for (const { points } of cloud.sets)
    for (const { mask, excess, inside: within } of points) {
      const again = loss(await model.predict(columns, mask!)) - cloud.reference
      distance = Math.max(distance, Math.abs(again - excess))
      if (within && again > cloud.epsilon + 1e-6) worse++
    }
  settle('inside', {
    measured: `${worse} worse, ${formatNumber(distance)}`,
    holds: worse === 0 && distance <= 1e-6,
    seeds: [seeds[0]!],
  })
}

const exactProduct = () => ({
  name: 'product',
  fields: ['x1', 'x2', 'x3'].map(name => ({ name, type: 'numeric' as const })),
  output: { kind: 'value' as const, names: ['y'] },
  predict: async ([a, b, c]: readonly Float64Array[]) => a!.map((value, r) => value * b![r]! + c![r]!),
})

/** Losses are equal where none is more than a fiftieth above the other. */
const equalLoss = 1.02
/** Networks trained in search of two of equal loss. */
const mostNetworks = 6

/** Clouds of the first two networks whose losses on test rows are equal; of the nearest two where none are. */
async function twoOfEqualLoss(train: WorldRows, test: WorldRows, seed: number, context: StudyContext) {
  const clouds: RashomonCloud[] = []
  const apart = (a: RashomonCloud, b: RashomonCloud) =>
    Math.max(a.reference, b.reference) / Math.min(a.reference, b.reference)
  for (let start = 0; start < mostNetworks; start++) {
    const { model, close } = await fitted(train, mostNetworks * seed + start, context)
    const options = { sets: 6, models: 64, repeats: 4, epsilonRate: 0.1, seed, signal: context.signal }
    const cloud = await rashomonCloud(model, test.columns, test.labels, options)
    await close()
    const equal = clouds.find(other => apart(other, cloud) <= equalLoss)
    if (equal) return [equal, cloud]
    clouds.push(cloud)
  }
  const pairs = clouds.flatMap((first, i) => clouds.slice(i + 1).map(second => [first, second] as const))
  return pairs.sort(([a, b], [c, d]) => apart(a, b) - apart(c, d))[0]!
}

/** Of the two networks, how they and their clouds judge the true pair and its copy. */
export async function copies(context: StudyContext, count = 10): Promise<void> {
  if (!context.open('disagree', 'overlap')) return
  const seeds = Array.from({ length: count }, (_, i) => context.seeds[0]! + i)
  const rows: (string | number)[][] = []
  let [disagree, overlap] = [0, 0]
  for (const seed of seeds) {
    context.progress(`two networks of equal loss, seed ${seed}`)
    const train = copiedRows(1500, seed)
    const test = copiedRows(500, seed + 1000)
    const clouds = await twoOfEqualLoss(train, test, seed, context)
    const [first, second] = clouds.map(cloud => ({ own: setOf(cloud, ['x1', 'x2']), copy: setOf(cloud, ['x2', 'x4']) }))
    const prefers = ({ own, copy }: { own: SetCloud; copy: SetCloud }) => own.reference < copy.reference
    const parted = prefers(first!) !== prefers(second!)
    const holds = (['own', 'copy'] as const).every(
      pair => holdsIn(first![pair], second![pair].reference) && holdsIn(second![pair], first![pair].reference),
    )
    if (parted) disagree++
    if (holds) overlap++
    const losses = clouds.map(({ reference }) => reference)
    rows.push([
      seed,
      ...losses,
      first!.own.reference,
      first!.copy.reference,
      second!.own.reference,
      second!.copy.reference,
      parted ? 'yes' : 'no',
      holds ? 'yes' : 'no',
    ])
  }
  context.show({
    table: {
      columns: [
        'seed',
        'loss A',
        'loss B',
        'A: x1, x2',
        'A: x4, x2',
        'B: x1, x2',
        'B: x4, x2',
        'orders differ',
        'in each other',
      ],
      rows,
    },
  })
  context.settle('disagree', { measured: `${disagree} of ${count}`, holds: disagree >= 3, seeds })
  context.settle('overlap', { measured: `${overlap} of ${count}`, holds: overlap >= 8, seeds })
}

const setOf = ({ sets }: RashomonCloud, set: readonly string[]): SetCloud =>
  sets.find(each => set.every(field => each.set.includes(field)))!

const holdsIn = ({ least, greatest }: SetCloud, value: number) => least <= value && value <= greatest

const spec: TableSpec = {
  fields: ['x1', 'x2', 'x3', 'x4'].map(name => ({ name, type: 'numeric', size: 0 })),
  targets: [{ name: 'y', kind: 'regression', mean: 0, deviation: 1 }],
  rows: 0,
}

const encoded = ({ columns, labels }: WorldRows): EncodedTable => {
  const rows = labels.values.length
  return {
    rows,
    categorical: new Int32Array(),
    numeric: Float32Array.from(
      { length: rows * columns.length },
      (_, i) => columns[i % columns.length]![Math.floor(i / columns.length)]!,
    ),
    sequences: [],
    targets: [Float32Array.from(labels.values)],
    rowNumber: Int32Array.from({ length: rows }, (_, row) => row + 1),
  }
}

/** Three layers of 100 on the numbers as they are. */
class Plain extends TableModel {
  readonly mlp = new MultilayerPerceptron(spec.fields.length, [100, 100, 100], { outputs: 1 })

  forward({ numeric }: TableBatch, mode: Mode): Tensor {
    return this.mlp.forward(numeric!, mode)
  }
}

/** Such a network, with dials on its inputs. */
async function fitted(
  train: WorldRows,
  seed: number,
  { threads, signal }: StudyContext,
): Promise<{ model: MaskedModel; close: () => Promise<void> }> {
  const table = encoded(train)
  const model = new Plain()
  const settings = trainingSettings(table.rows, {
    epochs: 60,
    patience: 60,
    batch: 128,
    learningRate: 1e-3,
    seed,
    threads,
  })
  const learner = new TableLearner(model, spec, settings, table)
  await trainTable(learner, { train: table, valid: table }, { settings, signal })
  const predict = async (columns: readonly Float64Array[]) => {
    const rows = {
      columns: [...columns],
      labels: { kind: 'regression' as const, values: new Float32Array(columns[0]!.length) },
    }
    return Float64Array.from(await learner.logits(encoded(rows)))
  }
  const fields = spec.fields.map(({ name }) => ({ name, type: 'numeric' as const }))
  const predictor = { name: 'network', fields, output: { kind: 'value' as const, names: ['y'] }, predict }
  return { model: maskedPredictor(predictor, train.columns), close: () => learner.close() }
}

const compasClaims = ['compas', 'compasPrior', 'compasReliance']

async function compas(context: StudyContext): Promise<void> {
  if (!context.open(...compasClaims)) return
  if (context.dataset('compas') === undefined) {
    for (const claim of compasClaims) context.skip(claim, 'no data')
    return
  }
  const { train, test } = await compasRows(context.signal)
  const { predictor, loss } = logisticOf(train)
  context.settle('compas', { measured: loss, holds: Math.abs(loss - 0.64) <= 0.01 })
  const seed = context.seeds[0]!
  const model = maskedPredictor(predictor, test.columns)
  const options = { epsilonRate: 0.05, sets: 15, models: 64, repeats: 10, rows: 2000, seed, signal: context.signal }
  const cloud = await rashomonCloud(model, test.columns, test.labels, options)
  context.show({
    figures: explanationOf(cloud).figures.map(({ title, description, spec: drawing }) => ({
      title,
      description,
      spec: drawing,
    })),
  })
  const widest = [...cloud.sets].sort((a, b) => b.greatest - b.least - (a.greatest - a.least)).slice(0, 5)
  const found = widest.filter(({ set }) => set.includes('prior')).length
  context.settle('compasPrior', {
    measured: `${found} of 5: ${widest.map(({ set }) => set.join(' × ')).join(', ')}`,
    holds: found >= 4,
    seeds: [seed],
  })
  const reliances = reliancesOf(cloud)
  const [prior, juvenile, ...others] = ['prior', 'juvenile crime', 'age', 'race', 'gender', 'current charge'].map(
    name => reliances.find(({ field }) => field === name)!,
  )
  context.settle('compasReliance', {
    measured: reliances
      .map(
        ({ field, own, least, greatest }) => `${field} ${formatMeasured({ value: own, low: least, high: greatest })}`,
      )
      .join('; '),
    holds: others.every(({ own }) => Math.min(prior!.least, juvenile!.least) > own),
    seeds: [seed],
  })
}

/** How many times its loss a model has when one field is shuffled: of the model itself, and the ends over those about as good. */
function reliancesOf({ sets, reference, mains }: RashomonCloud) {
  return mains.map(({ field, value }) => {
    const own = 1 + value / reference
    const ratios = sets
      .filter(({ set }) => set.includes(field))
      .flatMap(({ set, points }) =>
        points
          .filter(({ inside }) => inside)
          .map(point => 1 + point.mains[set.indexOf(field)]! / (reference + point.excess)),
      )
    return { field, own, least: Math.min(own, ...ratios), greatest: Math.max(own, ...ratios) }
  })
}
