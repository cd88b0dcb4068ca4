import { formatNumber, formatShare } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import { compile, float32, type State } from '../../../engine/index.ts'
import {
  boostTrees,
  predictBoosted,
  predictTree,
  ruleCounterfactuals,
  sidesOf,
  surrogateOf,
  takeRows,
  treeRows,
  type Columns,
  type Predictor,
  type Surrogate,
} from '../../../lenses/index.ts'
import { isInterplayError } from '../../../errors/index.ts'
import { confusionMatrix, macroScore } from '../../../metrics/index.ts'
import type { TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext, StudyTable } from '../../../system/index.ts'
import { TableLearner, trainingSettings, trainTable } from '../../../train/index.ts'
import { misread, plantedModel, shapleyForm, testedRows, xorErrors } from './closed-forms.ts'
import { attentionParity, treeParity } from './parity.ts'
import { SelfAttentionNetwork } from './self-attention-network.ts'
import { patternRows, plantedRows, recalled, sparseRows, type WideRows } from './worlds.ts'

export async function run(context: StudyContext): Promise<void> {
  const { settle, skip, seeds, size } = context
  const [seed] = seeds as [number]
  const errors = xorErrors()
  settle('exclusive', { measured: errors, holds: errors === 0 })
  const trees = await treeParity()
  if (trees) {
    settle('trees', {
      measured: `${trees.columns}, ${formatNumber(trees.thresholds)}`,
      holds: trees.columns === 0 && trees.thresholds <= 1e-6,
    })
    settle('boosted', {
      measured: `${formatShare(trees.binary)}, ${formatShare(trees.classes)}`,
      holds: Math.abs(trees.binary) <= 0.01 && Math.abs(trees.classes) <= 0.01,
    })
  } else for (const claim of ['trees', 'boosted']) skip(claim, 'fixtures are not here')
  const shapley = shapleyForm(seed)
  settle('shapley', {
    measured: `${formatNumber(shapley.sum)}, ${formatNumber(shapley.brute)}`,
    holds: shapley.sum <= 1e-6 && shapley.brute <= 1e-6,
    seeds: [seed],
  })
  const attention = await attentionParity()
  if (attention) {
    const largest = Math.max(attention.logits, attention.attention)
    settle('attention', { measured: largest, holds: largest <= 1e-5 })
  } else skip('attention', 'fixtures are not here')
  await onPlanted(context)
  if (size === 'small') {
    for (const claim of ['counterfactuals', 'nearest', ...ofPlanted, 'large']) skip(claim, 'full size only')
    return
  }
  if (context.open(...ofPlanted)) await wideWorlds(context)
  if (context.open('large')) await large(context)
}

/** Rules and counterfactuals of the planted log-odds themselves. */
async function onPlanted({ settle, seeds, signal, size }: StudyContext): Promise<void> {
  const [seed] = seeds as [number]
  const world = plantedRows(600, 40, seed)
  const predictor = plantedModel(world)
  const options = { labels: world.labels, classes: world.classes, beside: [], repeats: 2, resamples: 2, seed, signal }
  const surrogate = await surrogateOf(predictor, world.columns, options)
  const different = misread(surrogate.rules, world.classes, testedRows(surrogate, world.labels.values))
  settle('read', { measured: `${different} of ${surrogate.rules.length}`, holds: different === 0, seeds: [seed] })
  if (size === 'small') return
  const { verified, nearest, asked, changed } = await confirmed(surrogate, predictor, world, 60, 'x1')
  settle('counterfactuals', {
    measured: `${(verified / asked).toFixed(2)} of ${asked}, ${changed}`,
    holds: verified / asked >= 0.8 && changed === 0,
    seeds: [seed],
  })
  settle('nearest', { measured: nearest / asked, holds: nearest / asked >= 0.8, seeds: [seed] })
}

/** Of rows that trees did not learn from, how many have a counterfactual that the model confirms, and of how many that is the nearest leaf. */
export async function confirmed(
  surrogate: Surrogate,
  predictor: Predictor,
  { columns }: WideRows,
  rows: number,
  immutable: string,
) {
  const { parts, top, answers } = surrogate
  let [verified, nearest, asked, changed] = [0, 0, 0, 0]
  for (const at of [...parts.chosen, ...parts.test].slice(0, rows)) {
    const row = Float64Array.from(columns, column => column[at]!)
    const own = top.map(c => row[c]!)
    const [found] = await ruleCounterfactuals(surrogate, predictor, row, own, {
      constraints: [{ field: immutable, immutable: true }],
      top: 1,
      side: answers.sides[at]!,
    })
    if (!found) continue
    asked++
    verified += Number(found.verified)
    nearest += Number(found.verified && found.nearest)
    changed += found.changes.filter(({ field }) => field === immutable).length
  }
  return { verified, nearest, asked, changed }
}

const ofPlanted = ['recall', 'univariate', 'surrogate', 'fidelity'] as const

export interface WideSizes {
  rows: number
  columns: number
  patterns: number
  sparse: number
  sparseColumns: number
  epochs: number
  /** Of a forest, and rounds of boosting. */
  trees: number
}

const full: WideSizes = {
  rows: 1500,
  columns: 2000,
  patterns: 1500,
  sparse: 1500,
  sparseColumns: 10_000,
  epochs: 60,
  trees: 100,
}

/** The three worlds: what the network, boosted trees on all columns and the surrogate score, and how columns are ranked. */
export async function wideWorlds(context: StudyContext, sizes = full): Promise<void> {
  const [seed] = context.seeds as [number]
  const found: (WorldMeasure | Unlearned)[] = []
  const worlds: [string, number, () => WideRows][] = [
    ['planted', sizes.rows, () => plantedRows(sizes.rows, sizes.columns, seed)],
    ['patterns', sizes.patterns, () => patternRows(sizes.patterns, seed)],
    ['sparse', sizes.sparse, () => sparseRows(sizes.sparse, sizes.sparseColumns, seed)],
  ]
  for (const [name, count, make] of worlds) {
    if (count === 0) continue
    const world = make()
    try {
      found.push(await measureWorld(name, world, sizes, seed, context))
    } catch (error) {
      if (!isInterplayError(error) || error.code !== 'data/target-constant') throw error
      found.push({ why: error.message, rows: [[name, error.message, world.columns.length, null, null]] })
    }
  }
  context.show({
    table: { columns: ['world', 'what', 'columns', 'macro F1', 'fidelity'], rows: found.flatMap(({ rows }) => rows) },
  })
  const [planted] = found
  settlePlanted(context, planted!, seed)
}

interface WorldMeasure {
  surrogate: Surrogate
  network: number
  tree: number
  univariate: number[]
  rows: StudyTable['rows'][number][]
}

/** Of a world that the network learned nothing of, so that nothing is to be told in rules. */
type Unlearned = Pick<WorldMeasure, 'rows'> & { why: string }

async function measureWorld(
  name: string,
  world: WideRows,
  { epochs, trees }: WideSizes,
  seed: number,
  context: StudyContext,
): Promise<WorldMeasure> {
  const { progress, signal } = context
  const order = new Random(seed, 'blackbox-highdim.split').permutation(world.columns[0]!.length)
  const [a, b] = [Math.floor(0.5 * order.length), Math.floor(0.6 * order.length)]
  const [train, valid, rest] = [order.slice(0, a), order.slice(a, b), order.slice(b)]
  const scaled = standardised(world.columns, train)
  progress(`${name}: the network`)
  const fitted = await fittedNetwork(world, scaled, { train, valid }, epochs, seed, context)
  try {
    const own = takeRows(scaled, rest)
    const truth = Int32Array.from(rest, row => world.labels.values[row]!)
    progress(`${name}: attention and rules`)
    const attention = await fitted.attention(takeRows(scaled, train))
    const surrogate = await surrogateOf(fitted.predictor, own, {
      labels: { kind: 'binary', values: truth },
      classes: world.classes,
      own: [{ name: 'attention', values: attention }],
      trees,
      seed,
      signal,
    })
    const { parts, fidelity, words, answers } = surrogate
    const classes = words.classes.length
    const scoreOf = (called: Int32Array) =>
      macroScore(
        confusionMatrix(
          parts.test.map(row => truth[row]!),
          called,
          classes,
        ),
        classes,
        'f1',
      ).value
    const network = scoreOf(parts.test.map(row => answers.sides[row]!))
    progress(`${name}: boosted trees on all columns`)
    const all = treeRows(
      takeRows(scaled, train),
      scaled.map(() => 'numeric'),
    )
    const boosted = boostTrees(all, oneHot(train, world), 'classes', { rounds: trees })
    const boostedSides = sidesOf(predictBoosted(boosted, takeRows(own, parts.test)), classes)
    const cells = surrogate.seen.map(column => Float64Array.from(parts.test, row => column.cells[row]!))
    const tree = scoreOf(sidesOf(predictTree(surrogate.tree, cells), classes))
    const univariate = byVariance(takeRows(world.columns, train), labelsOf(train, world), classes)
    const places = [
      ...surrogate.ranking.methods.map(({ name: by, order: found }) => [by, found] as const),
      ['mean rank', surrogate.ranking.order] as const,
      ['F-test of single columns', univariate] as const,
    ]
    return {
      surrogate,
      network,
      tree,
      univariate,
      rows: [
        [name, 'self-attention network', scaled.length, network, null],
        [name, 'boosted trees', scaled.length, scoreOf(boostedSides), null],
        ...fidelity.map(({ surrogate: by, agreement, macro }): (string | number | null)[] => [
          name,
          `${by}, macro F1 to the network`,
          surrogate.top.length,
          macro.value,
          agreement.value,
        ]),
        [name, 'tree, macro F1 to the labels', surrogate.top.length, tree, null],
        ...(name === 'planted'
          ? places.map(([by, found]): (string | number | null)[] => [
              name,
              `relevant among the first 30 by ${by}`,
              recalled(found.slice(0, 30)),
              null,
              null,
            ])
          : []),
      ],
    }
  } finally {
    await fitted.close()
  }
}

function settlePlanted({ settle }: StudyContext, planted: WorldMeasure | Unlearned, seed: number): void {
  if ('why' in planted) {
    for (const claim of ofPlanted) settle(claim, { measured: planted.why, holds: false, seeds: [seed] })
    return
  }
  const { surrogate, network, tree, univariate } = planted
  const found = recalled(surrogate.ranking.order.slice(0, 30))
  settle('recall', { measured: `${found} of 12`, holds: found >= 9, seeds: [seed] })
  const places = [0, 1].map(c => univariate.indexOf(c) + 1)
  settle('univariate', {
    measured: `places ${places.join(' and ')}`,
    holds: places.every(place => place > 30),
    seeds: [seed],
  })
  settle('surrogate', {
    measured: `${(network - tree).toFixed(3)} below ${network.toFixed(3)}, ${surrogate.top.length} columns`,
    holds: network - tree <= 0.03 && surrogate.top.length <= 30,
    seeds: [seed],
  })
  const { agreement } = surrogate.fidelity[0]!
  settle('fidelity', { measured: agreement.value, holds: agreement.value >= 0.9, seeds: [seed] })
}

/** Means and deviations of the training rows. */
function standardised(columns: Columns, train: Int32Array): Float64Array[] {
  return columns.map(column => {
    const own = Float64Array.from(train, row => column[row]!)
    const mean = own.reduce((sum, cell) => sum + cell, 0) / own.length
    const deviation = Math.sqrt(own.reduce((sum, cell) => sum + (cell - mean) ** 2, 0) / own.length) || 1
    return column.map(cell => (cell - mean) / deviation)
  })
}

interface FittedNetwork {
  predictor: Predictor
  /** By column, the mean over rows of what the heads give it. */
  attention(columns: Columns): Promise<Float64Array>
  close(): Promise<void>
}

async function fittedNetwork(
  { fields, classes, labels }: WideRows,
  columns: Columns,
  { train, valid }: { train: Int32Array; valid: Int32Array },
  epochs: number,
  seed: number,
  { threads, signal }: StudyContext,
): Promise<FittedNetwork> {
  const binary = classes.length === 2
  const spec: TableSpec = {
    fields: fields.map(name => ({ name, type: 'numeric', size: 0 })),
    targets: [
      binary ? { name: 'y', kind: 'binary', classes: ['no', 'yes'] } : { name: 'y', kind: 'multiclass', classes },
    ],
    rows: train.length,
  }
  const encoded = (rows: Columns, targets: Float32Array): EncodedTable => ({
    rows: rows[0]!.length,
    categorical: new Int32Array(),
    numeric: rowMajor(rows),
    sequences: [],
    targets: [targets],
    rowNumber: Int32Array.from(rows[0]!, (_, row) => row + 1),
  })
  const part = (rows: Int32Array) =>
    encoded(
      takeRows(columns, rows),
      Float32Array.from(rows, row => labels.values[row]!),
    )
  const model = new SelfAttentionNetwork(spec)
  const settings = trainingSettings(
    train.length,
    { epochs, patience: 10, batch: 128, learningRate: 1e-3, seed, threads },
    { networkRegularization: 1e-4 },
  )
  const learner = new TableLearner(model, spec, settings, part(train))
  await trainTable(learner, { train: part(train), valid: part(valid) }, { settings, signal })
  const predictor: Predictor = {
    name: 'self-attention network',
    fields: spec.fields.map(({ name }) => ({ name, type: 'numeric' })),
    output: { kind: 'logit', names: binary ? ['y'] : classes },
    predict: async (asked, inside) =>
      Float64Array.from(await learner.logits(encoded(asked, new Float32Array(asked[0]!.length)), inside)),
  }
  return {
    predictor,
    attention: rows => meanAttention(model, learner.state, rows),
    close: () => learner.close(),
  }
}

async function meanAttention(model: SelfAttentionNetwork, state: State, columns: Columns): Promise<Float64Array> {
  const program = compile({
    inputs: { x: float32(['batch', columns.length]) },
    state,
    trace: ({ x }) => ({ outputs: { attention: model.attention(x) } }),
  })
  try {
    const { attention } = await program.run({ x: rowMajor(columns) })
    const mean = new Float64Array(columns.length)
    const rows = columns[0]!.length
    ;(attention!.data as Float32Array).forEach((value, i) => (mean[i % mean.length]! += value / rows))
    return mean
  } finally {
    await program.close()
  }
}

function rowMajor(columns: Columns): Float32Array {
  const values = new Float32Array(columns.length * columns[0]!.length)
  columns.forEach((column, c) => column.forEach((cell, r) => (values[r * columns.length + c] = cell)))
  return values
}

const labelsOf = (rows: Int32Array, { labels }: WideRows): Int32Array => rows.map(row => labels.values[row]!)

function oneHot(rows: Int32Array, { labels, classes }: WideRows): Float64Array {
  const values = new Float64Array(rows.length * classes.length)
  rows.forEach((row, r) => (values[r * classes.length + labels.values[row]!] = 1))
  return values
}

/** Columns by the F statistic of a one-way analysis of variance over the classes, the largest first. */
export function byVariance(columns: Columns, labels: Int32Array, classes: number): number[] {
  const statistics = columns.map(column => {
    const sums = new Float64Array(classes)
    const counts = new Float64Array(classes)
    column.forEach((cell, r) => {
      sums[labels[r]!]! += cell
      counts[labels[r]!]!++
    })
    const mean = column.reduce((sum, cell) => sum + cell, 0) / column.length
    const all = column.reduce((sum, cell) => sum + (cell - mean) ** 2, 0)
    const between = sums.reduce(
      (sum, own, k) => sum + (counts[k]! > 0 ? (own / counts[k]! - mean) ** 2 * counts[k]! : 0),
      0,
    )
    return between / Math.max(1e-12, all - between)
  })
  return [...columns.keys()].sort((a, b) => statistics[b]! - statistics[a]! || a - b)
}

/** Time and memory at 20,000 columns. */
async function large({ settle, seeds, signal, progress }: StudyContext): Promise<void> {
  const [seed] = seeds as [number]
  progress('20,000 columns')
  const world = plantedRows(5000, 20_000, seed)
  const began = performance.now()
  await surrogateOf(answersAtOnce(world), world.columns, { labels: world.labels, trees: 100, seed, signal })
  const seconds = (performance.now() - began) / 1000
  const bytes = process.memoryUsage().rss
  settle('large', {
    measured: `${seconds.toFixed(0)} s, ${(bytes / 1e9).toFixed(1)} GB`,
    holds: seconds < 600 && bytes < 6e9,
    seeds: [seed],
  })
}

/** The planted log-odds, computed from the columns that carry them alone. */
function answersAtOnce(world: WideRows): Predictor {
  const { fields, output } = plantedModel(world)
  const few = plantedModel({ ...world, fields: world.fields.slice(0, 12) })
  return { name: 'planted', fields, output, predict: columns => few.predict(columns.slice(0, 12)) }
}
