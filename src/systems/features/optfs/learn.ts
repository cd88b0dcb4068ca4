import { formatCount, formatShare } from '../../../charts/format.ts'
import type { PreparedTable } from '../../../data/index.ts'
import type { State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { countParameters, fieldsOf, type TableSpec } from '../../../nn/index.ts'
import type { Candidate, LearnContext, LearnedTable } from '../../../system/index.ts'
import {
  exportTable,
  geometricTemperature,
  monitorOf,
  searchChoice,
  smallestWithin,
  type Snapshot,
  type TableLearner,
  type TrainingResult,
  type TrainingSettings,
} from '../../../train/index.ts'
import { bestScores, replay, settingsOf, trainCandidate, type SplitRows } from '../shared/candidates.ts'
import { GatedModel } from './gated.ts'
import type { OptfsOptions } from './options.ts'
import { nextPenalty } from './penalties.ts'
import { everything, prunedRows, PrunedModel, pruningOf, RemappedModel, rewindTo, type Pruning } from './pruned.ts'
import { selectionFiles, selectionFigures } from './report.ts'
import { countFeatures, keptByField, keptShare, refuseNothing, selectionOf, type Selection } from './selection.ts'

/** A search that was made. */
interface Search {
  penalty: number
  selection: Selection
  kept: number
  /** Weights at the end of the search. */
  last: Snapshot
  /** Weights to train again from. */
  rewound: Snapshot
}

/** One selection trained again, with what it costs. */
interface Trial {
  name: string
  selection: Selection
  penalty?: number
  pruning: Pruning
  model: PrunedModel
  learner: TableLearner
  training: TrainingResult
  value: number
  cost: number
}

/** What training OptFS wants unless it is told otherwise. */
export const trainingOf = ({ embeddingRegularization, networkRegularization }: OptfsOptions) => ({
  epochs: 20,
  patience: 1,
  clipNorm: 0,
  embeddingRegularization,
  networkRegularization,
})

export function checkOptions({ rewind, searchEpochs }: OptfsOptions): void {
  if (rewind < searchEpochs) return
  const reason = `the search has epochs 0 to ${searchEpochs - 1}: nothing would be kept to rewind to`
  throw new InterplayError('option/conflict', `rewind (${rewind}) must be below searchEpochs (${searchEpochs})`, {
    where: `--set rewind=${rewind}`,
    why: reason,
    try: `--set rewind=${searchEpochs - 1}`,
  })
}

/** Values that training will hold: the gated model's. */
export function sizeOf(options: OptfsOptions, { spec }: PreparedTable): { parameters: number; bytes: number } {
  checkOptions(options)
  const parameters = countParameters(new GatedModel(spec, { ...options, initialGate }))
  return { parameters, bytes: parameters * 4 * 7 }
}

const initialGate = 0.5

/**
 * Searches gates under several penalties, trains each selection again from the weights the search began with, and takes the
 * smallest that validates as well as the best.
 * @throws InterplayError `option/conflict` where every search closes all gates
 */
export async function learn(data: PreparedTable, options: OptfsOptions, context: LearnContext): Promise<LearnedTable> {
  checkOptions(options)
  const { spec } = data
  const settings = settingsOf(data, context, trainingOf(options))
  const searches = await searchAll(data, options, settings, context)
  const chosen = toTrain(searches, options)
  const trials: Trial[] = []
  try {
    trials.push(await retrain('all values', everything(spec), undefined, undefined, data, options, settings, context))
    for (const { penalty, selection, kept, rewound } of chosen) {
      const name = `${formatShare(kept)} kept`
      trials.push(await retrain(name, selection, penalty, rewound, data, options, settings, context))
    }
    // Where validation rows are of one class, training watches another metric than was asked for.
    const monitor = monitorOf(spec.targets[0]!, trials[0]!.training.metric)
    const best = options.keep > 0 ? trials.at(-1)! : smallestWithin(trials, monitor, options.tolerance)
    for (const { learner } of trials) if (learner !== best.learner) await learner.close()
    replay(best.training, context)
    return learned(best, trials, searches, data, options)
  } catch (error) {
    for (const { learner } of trials) await learner.close()
    throw error
  }
}

/** Searches until no further penalty is worth one. */
async function searchAll(
  data: SplitRows,
  options: OptfsOptions,
  settings: TrainingSettings,
  context: LearnContext,
): Promise<Search[]> {
  const { keep, searches, penalties } = options
  const made: Search[] = []
  const first = (keep > 0 ? [penalties[Math.floor(penalties.length / 2)]!] : penalties).slice(0, searches)
  for (const penalty of first) made.push(await search(penalty, data, options, settings, context))
  while (made.length > 0 && made.length < searches) {
    const penalty = nextPenalty(made, keep)
    if (penalty === undefined) break
    made.push(await search(penalty, data, options, settings, context))
  }
  if (made.length > 0 && made.every(({ kept }) => kept === 0)) refuseNothing(made.map(({ penalty }) => penalty))
  return made
}

/** One search under a penalty, which is lambda times the number of features. */
export async function search(
  penalty: number,
  { spec, train }: Pick<SplitRows, 'spec' | 'train'>,
  options: OptfsOptions,
  settings: TrainingSettings,
  { signal, onSearch }: Pick<LearnContext, 'signal' | 'onSearch'>,
): Promise<Search> {
  const { searchEpochs, rewind, finalTemperature, gateLearningRate } = options
  const { batch, learningRate, embeddingRegularization, networkRegularization, seed, threads } = settings
  const steps = searchEpochs * Math.ceil(train.rows / batch)
  const { last, rewound } = await searchChoice(
    new GatedModel(spec, { ...options, initialGate }),
    spec,
    { train },
    {
      epochs: searchEpochs,
      batch,
      learningRate,
      choiceOptimizer: 'adam',
      choiceRate: gateLearningRate || Math.max(learningRate, (2 * initialGate) / steps),
      temperature: geometricTemperature(finalTemperature, searchEpochs),
      strength: penalty / countFeatures(spec),
      rewind,
      embeddingRegularization,
      networkRegularization,
      seed,
      threads,
    },
    {
      signal,
      onEpoch: ({ epoch, trainLoss }) =>
        onSearch?.({
          stage: `search under penalty ${penalty.toPrecision(2)}, epoch`,
          done: epoch,
          total: searchEpochs,
          values: { loss: trainLoss },
        }),
    },
  )
  const selection = selectionOf(last)
  return { penalty, selection, kept: keptShare(spec, selection), last, rewound }
}

/** The searches worth training again: those that keep something and drop something, or the one nearest to the share wanted. */
function toTrain(searches: readonly Search[], { keep }: OptfsOptions): Search[] {
  const some = searches.filter(({ kept }) => kept > 0 && kept < 1).sort((a, b) => b.kept - a.kept)
  if (keep === 0) return some
  const apart = ({ kept }: Search) => Math.abs(kept - keep)
  const nearest = searches.filter(({ kept }) => kept > 0).sort((a, b) => apart(a) - apart(b))
  return nearest.slice(0, 1)
}

/** Trains a selection from rewound weights, or from the first ones, with its gates hard and its dropped values gone. */
export async function retrain(
  name: string,
  selection: Selection,
  penalty: number | undefined,
  rewound: Snapshot | undefined,
  { spec, train, valid }: SplitRows,
  options: OptfsOptions,
  settings: TrainingSettings,
  context: Pick<LearnContext, 'signal' | 'onSearch'>,
): Promise<Trial> {
  const pruning = pruningOf(spec, selection)
  const model = new PrunedModel(pruning, { ...options, initialGate })
  const rows = { spec: pruning.spec, train: prunedRows(train, pruning), valid: prunedRows(valid, pruning) }
  const begin = (state: State) => rewound && rewindTo(state, rewound, pruning)
  const { learner, training } = await trainCandidate(name, model, rows, settings, context, begin)
  const cost = countParameters(model)
  return { name, selection, penalty, pruning, model, learner, training, value: training.bestValue, cost }
}

function learned(
  best: Trial,
  trials: readonly Trial[],
  searches: readonly Search[],
  data: PreparedTable,
  options: OptfsOptions,
): LearnedTable {
  const { spec } = data
  const { learner, pruning, model, training, selection } = best
  const candidates = trials.map(candidateOf)
  return {
    spec,
    parameters: best.cost,
    bestRound: training.bestEpoch,
    metric: training.metric,
    notes: notesOf(best, searches, spec, options),
    search: {
      candidates,
      best: trials.indexOf(best),
      files: selectionFiles(data, selection),
      figures: selectionFigures(data, selection, candidates, training.metric),
    },
    logits: (table, signal) => learner.logits(prunedRows(table, pruning), signal),
    export: metadata => exportTable(new RemappedModel(model, pruning), spec, learner.state, metadata),
    close: () => learner.close(),
  }
}

const candidateOf = ({ name, penalty, training, cost, pruning }: Trial): Candidate => ({
  name,
  options: penalty === undefined ? {} : { penalty },
  metrics: bestScores(training),
  cost: { parameters: cost, bytes: 4 * (cost + pruning.remap.length) },
})

function notesOf({ selection }: Trial, searches: readonly Search[], spec: TableSpec, { keep }: OptfsOptions): string[] {
  const counts = keptByField(spec, selection)
  const kept = counts.reduce((sum, count) => sum + count.kept, 0)
  const share = formatShare(keptShare(spec, selection))
  const closed = counts.filter(count => count.kept === 0).map(({ field }) => field)
  const apart = Math.abs(keptShare(spec, selection) - keep)
  return [
    `${formatCount(kept)} of ${formatCount(countFeatures(spec))} features are kept (${share}); a dropped value counts as nothing, not as an unknown one`,
    ...(closed.length > 0 ? [`no value is kept of ${closed.join(', ')}`] : []),
    ...(keep > 0 && apart > keep / 10
      ? [`no penalty of ${searches.length} keeps ${formatShare(keep)}: the share falls at once near there`]
      : []),
    ...(fieldsOf(spec, 'categorical').length < spec.fields.length
      ? ['a numeric or sequence field is one feature: it is kept or dropped as a whole']
      : []),
  ]
}
