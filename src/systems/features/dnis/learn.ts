import { formatCount, formatShare } from '../../../charts/format.ts'
import type { PreparedTable } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { evaluate } from '../../../metrics/index.ts'
import { countParameters, fieldsOf, stacked, type TableSpec } from '../../../nn/index.ts'
import type { Candidate, LearnContext, LearnedTable } from '../../../system/index.ts'
import {
  answersOf,
  exportTable,
  monitorOf,
  searchChoice,
  smallestWithin,
  TableLearner,
  trainTable,
  type Snapshot,
  type TrainingResult,
  type TrainingSettings,
} from '../../../train/index.ts'
import { heldOut, settingsOf } from '../shared/candidates.ts'
import { countsOf } from '../shared/value-counts.ts'
import { blocksOf } from './blocks.ts'
import { SoftSelection, UniformModel } from './model.ts'
import type { DnisOptions } from './options.ts'
import { dimensionFiles, dimensionFigures } from './report.ts'
import { retrained, tableName } from './retrain.ts'
import { SparseModel, sparseBytes, sparseTable } from './sparse.ts'

/** What training DNIS wants unless it is told otherwise. */
export const trainingOf = ({ warmEpochs, embeddingRegularization, networkRegularization }: DnisOptions) => ({
  epochs: warmEpochs,
  clipNorm: 0,
  embeddingRegularization,
  networkRegularization,
})

export function sizeOf(options: DnisOptions, { spec }: PreparedTable): { parameters: number; bytes: number } {
  checkOptions(spec, options)
  const parameters = countParameters(new UniformModel(spec, options)) + options.blocks * options.embeddingDimension
  return { parameters, bytes: parameters * 4 * 7 }
}

/** @throws InterplayError `option/conflict` for groups that do not divide the width, and tables without blocks */
export function checkOptions(spec: TableSpec, { groups, embeddingDimension, blocks }: DnisOptions): void {
  const categorical = fieldsOf(spec, 'categorical')
  const values = stacked(categorical).rows - categorical.length
  if (values < blocks) {
    throw new InterplayError('option/conflict', `${values} values do not make ${blocks} blocks`, {
      where: `--set blocks=${blocks}`,
      try: values > 0 ? `--set blocks=${values}` : '-s optfs',
    })
  }
  if (groups === 0 || embeddingDimension % groups === 0) return
  throw new InterplayError(
    'option/conflict',
    `groups (${groups}) must divide embeddingDimension (${embeddingDimension})`,
    { where: `--set groups=${groups}`, try: '--set groups=0' },
  )
}

/** Rates that are tried where none is wanted. */
const rates = [0, 0.3, 0.5, 0.7, 0.9, 0.95]

export interface SearchedDimensions {
  /** The uniform model's weights, of the warm start. */
  warm: Snapshot
  training: TrainingResult
  /** The same after the search, the factors folded into the table. */
  folded: Snapshot
  alpha: Float32Array
  blockOf: Int32Array
  /** Mean training loss of the last pass. */
  loss: number
}

/**
 * Trains the model at one width, weighs its dimensions on rows held out from training, folds the weights into the table,
 * and drops its smallest numbers at several rates, training on with the rest where that is wanted; the smallest table that validates as well as the best is taken.
 * @throws InterplayError `option/conflict`
 */
export async function learn(data: PreparedTable, options: DnisOptions, context: LearnContext): Promise<LearnedTable> {
  const { spec, train, valid } = data
  const { signal } = context
  checkOptions(spec, options)
  const settings = settingsOf(data, context, trainingOf(options))
  const model = new UniformModel(spec, options)
  const learner = new TableLearner(model, spec, settings, train)
  try {
    const started = performance.now()
    const searched = await searchDimensions(learner, data, options, settings, context)
    // Where validation rows are of one class, training watches another metric than was asked for.
    const monitor = monitorOf(spec.targets[0]!, searched.training.metric)
    const scored = async (name: string, values: Snapshot, rate: number) => {
      signal?.throwIfAborted()
      learner.restore(values)
      const loss = spec.targets[0]!.kind === 'regression' ? 'rmse' : 'logLoss'
      const [answers] = await answersOf(learner, valid, signal)
      const metrics = evaluate(answers!, [...new Set([monitor.name, loss])])
      const { parameters, bytes } = costOf(learner, model, options)
      return { name, values, rate, metrics, bytes, value: metrics[monitor.name]!, cost: parameters }
    }
    const trials = [await scored('one width', searched.warm, 0)]
    const wanted = options.searchEpochs === 0 ? [] : options.prune > 0 ? [options.prune] : rates
    for (const rate of wanted) {
      const name = `${formatShare(rate)} pruned`
      const values = pruned(searched.folded, rate)
      trials.push(await scored(name, values, rate))
      if (options.retrainEpochs === 0 || rate === 0) continue
      trials.push(await scored(`${name}, retrained`, await retrained(values, data, options, settings, context), rate))
    }
    const best =
      options.prune > 0 && wanted.length > 0
        ? smallestWithin(trials.slice(1), monitor, 0)
        : smallestWithin(trials, monitor, options.tolerance)
    learner.restore(best.values)
    const { training } = searched
    const seconds = (performance.now() - started) / 1000
    const total = training.history.length + 1
    for (const { epoch, trainLoss, valid: scores } of training.history)
      context.onRound?.({ round: epoch, trainLoss, valid: scores, best: false, seconds }, total)
    context.onRound?.({ round: total, trainLoss: searched.loss, valid: best.metrics, best: true, seconds }, total)
    const candidates = trials.map(({ name, rate, metrics, cost, bytes }): Candidate => ({
      name,
      options: { prune: rate },
      metrics,
      cost: { parameters: cost, bytes },
    }))
    const table = tableOf(learner)
    const width = options.embeddingDimension
    return {
      spec,
      parameters: best.cost,
      bestRound: total,
      metric: monitor.name,
      notes: notesOf(table, spec, options, best.bytes),
      search: {
        candidates,
        best: trials.indexOf(best),
        files: table ? dimensionFiles(data, table, width) : {},
        figures: table ? dimensionFigures(data, table, searched, candidates, options, monitor) : [],
      },
      logits: (rows, own) => learner.logits(rows, own),
      export: metadata => {
        const sparse = table && sparseTable(table, width)
        return exportTable(new SparseModel(model, sparse), spec, learner.state, metadata)
      },
      close: () => learner.close(),
    }
  } catch (error) {
    await learner.close()
    throw error
  }
}

/** Warm start, then the search from there; the learner's model is the uniform one. */
export async function searchDimensions(
  learner: TableLearner,
  { spec, train, valid }: Pick<PreparedTable, 'spec' | 'train' | 'valid'>,
  options: DnisOptions,
  settings: TrainingSettings,
  { signal, onSearch }: Pick<LearnContext, 'signal' | 'onSearch'>,
): Promise<SearchedDimensions> {
  const { searchEpochs, selectionRate, selectionPenalty, heldOut: share, blocks } = options
  const { learn: own, hold } = heldOut(train, searchEpochs === 0 ? 0 : share, settings.seed, 'dnis.held-out')
  const training = await trainTable(
    learner,
    { train: own, valid },
    {
      settings,
      signal,
      onProgress: progress => {
        if (progress.kind !== 'epoch') return
        onSearch?.({ stage: 'warm start, epoch', done: progress.epoch, total: settings.epochs })
      },
    },
  )
  signal?.throwIfAborted()
  const warm = learner.snapshot()
  const blockOf = blocksOf(countsOf(own, spec), spec, blocks)
  const selection = new SoftSelection(spec, options, blockOf)
  if (!hold) return { warm, training, folded: warm, blockOf, alpha: new Float32Array(), loss: lastLoss(training) }
  let loss = Number.NaN
  const { last } = await searchChoice(
    selection,
    spec,
    { train: own, choice: hold },
    {
      ...settings,
      epochs: searchEpochs,
      choiceRate: selectionRate,
      choiceOptimizer: 'sgd',
      temperature: () => 1,
      strength: selectionPenalty,
      rewind: 0,
    },
    {
      signal,
      start: warm,
      onEpoch: ({ epoch, trainLoss }) => {
        loss = trainLoss
        onSearch?.({ stage: 'search, epoch', done: epoch, total: searchEpochs, values: { loss } })
      },
    },
  )
  const alpha = last.get('model.alpha')!
  const factors = selection.factors(alpha)
  const folded = new Map<string, Float32Array>()
  for (const [name, values] of last) {
    if (name === 'model.alpha') continue
    folded.set(name, name === tableName ? values.map((weight, i) => weight * factors[i]!) : values)
  }
  return { warm, training, folded, alpha, blockOf, loss }
}

const lastLoss = ({ history }: TrainingResult): number => history.at(-1)?.trainLoss ?? Number.NaN

/** The weights with the smallest numbers of the table set to zero, at a rate of those that are not zero already. */
export function pruned(values: Snapshot, rate: number): Snapshot {
  const table = values.get(tableName)
  if (!table || rate === 0) return values
  const sizes = table
    .map(Math.abs)
    .filter(size => size > 0)
    .sort()
  const threshold = sizes[Math.min(sizes.length - 1, Math.floor(rate * sizes.length))] ?? 0
  return new Map(values).set(
    tableName,
    table.map(weight => (Math.abs(weight) < threshold ? 0 : weight)),
  )
}

const tableOf = (learner: TableLearner): Float32Array | undefined => learner.snapshot().get(tableName)

/** Numbers that are kept, and the bytes of a sparse table with all else, indices counted. */
function costOf(
  learner: TableLearner,
  model: UniformModel,
  { embeddingDimension }: DnisOptions,
): { parameters: number; bytes: number } {
  const all = countParameters(model)
  const table = tableOf(learner)
  if (!table) return { parameters: all, bytes: 4 * all }
  const kept = table.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0)
  const others = all - table.length
  return { parameters: others + kept, bytes: 4 * others + sparseBytes(sparseTable(table, embeddingDimension)) }
}

function notesOf(
  table: Float32Array | undefined,
  spec: TableSpec,
  { embeddingDimension }: DnisOptions,
  bytes: number,
): string[] {
  if (!table) return []
  const kept = table.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0)
  const categorical = fieldsOf(spec, 'categorical')
  const values = stacked(categorical).rows - categorical.length
  return [
    `${formatCount(kept)} numbers are kept of ${formatCount(values)} values at ${embeddingDimension} dimensions: ${(kept / values).toFixed(1)} a value; ${formatCount(bytes)} bytes with all indices`,
    ...(categorical.length < spec.fields.length ? ['numeric and sequence fields keep vectors of the whole width'] : []),
  ]
}
