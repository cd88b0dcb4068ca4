import { formatCount, formatQuantity, formatShare } from '../../../charts/format.ts'
import type { PreparedTable } from '../../../data/index.ts'
import { countParameters } from '../../../nn/index.ts'
import type { Candidate, LearnContext, LearnedTable, TrainingDefaults } from '../../../system/index.ts'
import { exportTable, monitorOf, smallestWithin, TableLearner } from '../../../train/index.ts'
import { bestScores, replay, settingsOf } from '../shared/candidates.ts'
import {
  buildCrosses,
  crossedTable,
  mostCrossRows,
  pairNames,
  pairsNamed,
  rareCount,
  type Crosses,
  type Pair,
} from '../shared/crosses/index.ts'
import { architectureOf, interactionFigures, interactionFiles } from './architecture.ts'
import { checkLength, drawnMethods, methods, placesOf, uniformly, type Methods } from './methods.ts'
import { hiddenOf, SearchNet, searchLayout } from './net.ts'
import type { OptinterOptions } from './options.ts'
import { prunedMethods } from './prune.ts'
import { searchMethods, type SearchedMethods } from './search.ts'
import { ServedNet } from './served.ts'
import { crossRowsOf, trainMethods, type Trial, type Work } from './trial.ts'

/** What training OptInter wants unless it is told otherwise. */
export const trainingOf = ({ embeddingRegularization, networkRegularization }: OptinterOptions): TrainingDefaults => ({
  epochs: 10,
  patience: 1,
  clipNorm: 0,
  embeddingRegularization,
  networkRegularization,
})

/** Values that the search will hold at most: how many crosses are seen often enough is only known once they are counted. */
export function sizeOf(
  options: OptinterOptions,
  { spec, train }: PreparedTable,
): { parameters: number; bytes: number } {
  const pairs = pairsOf(options, spec)
  const rows = Math.min(mostCrossRows(spec, pairs, train.rows, options.minCrossCount), options.maxCrossRows)
  const layout = searchLayout(spec, pairs, [rows])
  const parameters = countParameters(new SearchNet(layout, options, false)) + (pairs.length - 1) * methods.length
  return { parameters, bytes: parameters * 4 * 7 + train.rows * pairs.length * 4 }
}

/** @throws InterplayError `option/conflict`, `option/invalid` for pairs that are none and methods that are not one a pair */
function pairsOf(options: OptinterOptions, spec: PreparedTable['spec']): Pair[] {
  const pairs = pairsNamed(spec, options.pairs, 'pairs')
  if (options.methods.length > 0) checkLength(options.methods, pairs.length)
  return pairs
}

/**
 * Counts crosses, searches a method for every pair, trains the searched methods anew beside uniform and random ones, leaves
 * out the pairs that validation does not need, and takes the smallest model that validates as well as the best.
 * @throws InterplayError `option/conflict`, `option/invalid`, `data/too-many-values`
 */
export async function learn(
  data: PreparedTable,
  options: OptinterOptions,
  context: LearnContext,
): Promise<LearnedTable> {
  const { spec, train } = data
  const pairs = pairsOf(options, spec)
  const limits = { minCount: options.minCrossCount, maxRows: options.maxCrossRows }
  const crosses = buildCrosses(train, spec, pairs, limits, done =>
    context.onSearch?.({ stage: 'count crosses of pair', done, total: pairs.length }),
  )
  warnOfRare(crosses, train.rows, options, context)
  const settings = settingsOf(data, context, trainingOf(options))
  const metric = monitorOf(spec.targets[0]!, settings.metric)
  const { signal, onSearch } = context
  const work: Work = { data, crosses, options, settings, metric, signal, onSearch }
  const { trials, searched } = await tried(work)
  // Where validation rows are of one class, training watches another metric than was asked for.
  const watched = monitorOf(spec.targets[0]!, trials[0]!.training.metric)
  const best = smallestWithin(trials, watched, options.tolerance)
  replay(best.training, context)
  return learned(best, trials, searched, { ...work, metric: watched })
}

/** The trials of a search, or the one of methods that are given. */
async function tried(work: Work): Promise<{ trials: Trial[]; searched?: SearchedMethods }> {
  const { data, crosses, options, settings } = work
  const pairs = crosses.pairs.length
  const trained = async (name: string, chosen: Methods) => (await trainMethods(name, chosen, work)).trial
  const alike = (method: OptinterOptions['compare'][number]) =>
    trained(spoken[method], method === 'random' ? drawnMethods(pairs, settings.seed) : uniformly(method, pairs))
  if (options.methods.length > 0) return { trials: [await trained('given', options.methods)] }
  if (options.method !== 'search') return { trials: [await alike(options.method)] }

  const rows = { train: crossedTable(data.train, crosses), valid: crossedTable(data.valid, crosses) }
  const searched = await searchMethods(rows, work)
  const { trial, used: pruned } = await trainMethods('searched', searched.methods, work, (learner, own) =>
    options.prune ? prunedMethods(learner, own, work) : Promise.resolve(own.methods),
  )
  const trials = [trial]
  if (pruned!.join() !== trial.methods.join()) trials.push(await trained('searched, pruned', pruned!))
  for (const method of new Set(options.compare)) trials.push(await alike(method))
  return { trials, searched }
}

/** Names of candidates. */
const spoken = {
  memorise: 'all memorised',
  factorise: 'all factorised',
  naive: 'all naive',
  random: 'drawn at random',
} as const

/** Share of a pair's training rows in rare crosses from which a table of it remembers rows. */
const mostRare = 0.5

function warnOfRare(
  { base, pairs }: Crosses,
  rows: number,
  { minCrossCount }: OptinterOptions,
  { onWarning }: LearnContext,
): void {
  if (minCrossCount >= rareCount) return
  const names = pairNames(
    base,
    pairs.map(({ pair }) => pair),
  )
  const rare = names
    .map((name, p) => ({ name: name.join(' × '), share: pairs[p]!.rareRows / rows }))
    .filter(({ share }) => share > mostRare)
    .sort((a, b) => b.share - a.share)
  if (rare.length === 0) return
  const shown = rare.slice(0, 3).map(({ name, share }) => `${name} ${formatShare(share)}`)
  onWarning?.({
    code: 'train/rare-crosses',
    message: `${formatQuantity(rare.length, 'pair')} of fields have more than half of their training rows in value pairs seen fewer than ${rareCount} times (${shown.join(', ')}): memorising them remembers rows`,
    try: `--set minCrossCount=${4 * rareCount}`,
    fields: rare.map(({ name }) => name),
  })
}

/** The chosen net with its weights in a learner again, since those of all trials are closed. */
function learned(
  best: Trial,
  trials: readonly Trial[],
  searched: SearchedMethods | undefined,
  { data: { spec, train }, crosses: all, options, settings, metric }: Work,
): LearnedTable {
  const { net, crosses, training } = best
  const learner = new TableLearner(net, crosses.spec, settings)
  learner.restore(best.weights)
  const candidates = trials.map(candidateOf)
  const architecture = architectureOf(all, best.methods, searched, train.rows)
  return {
    spec,
    parameters: best.cost,
    bestRound: training.bestEpoch,
    metric: training.metric,
    notes: notesOf(best, trials, options, spec),
    search: {
      candidates,
      best: trials.indexOf(best),
      files: interactionFiles(architecture),
      figures: interactionFigures(candidates, metric),
    },
    logits: (table, signal) => learner.logits(crossedTable(table, crosses), signal),
    export: metadata => exportTable(new ServedNet(net, crosses), spec, learner.state, metadata),
    close: () => learner.close(),
  }
}

const candidateOf = (trial: Trial): Candidate => ({
  name: trial.name,
  options: Object.fromEntries(methods.map(method => [method, placesOf(trial.methods, method).length])),
  metrics: bestScores(trial.training),
  cost: { parameters: trial.cost, bytes: 4 * trial.cost + searchBytes(trial), crossRows: crossRowsOf(trial) },
})

/** Bytes by which the served graph finds the id of a cross. */
const searchBytes = ({ crosses }: Trial): number =>
  crosses.pairs.reduce((sum, { starts, seconds }) => sum + starts.byteLength + seconds.byteLength, 0)

function notesOf(
  best: Trial,
  trials: readonly Trial[],
  { tolerance, hidden }: OptinterOptions,
  spec: PreparedTable['spec'],
): string[] {
  const widths = hiddenOf({ hidden }, spec)
  const count = (method: Methods[number]) => placesOf(best.methods, method).length
  const rows = formatQuantity(crossRowsOf(best), 'row')
  const own = trials.length > 1 ? `${best.name}: ` : ''
  return [
    `${own}${formatQuantity(count('memorise'), 'pair')} memorised in ${rows}, ${formatCount(count('factorise'))} factorised, ${formatCount(count('naive'))} left out`,
    ...(trials.length > 1 && !best.name.startsWith('searched')
      ? [`the searched methods are not chosen: ${best.name} is smaller and within ${tolerance} of the best`]
      : []),
    ...(hidden.length === 0
      ? [`${widths.length} hidden layers of ${widths[0]} for ${formatQuantity(spec.rows, 'training row')}`]
      : []),
  ]
}
