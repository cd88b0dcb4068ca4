import type { Metric } from '../../../metrics/index.ts'
import { countParameters } from '../../../nn/index.ts'
import type { LearnContext } from '../../../system/index.ts'
import type { Snapshot, TableLearner, TrainingResult, TrainingSettings } from '../../../train/index.ts'
import { trainCandidate, type SplitRows } from '../shared/candidates.ts'
import { crossedTable, rowsOf, someCrosses, type Crosses } from '../shared/crosses/index.ts'
import { placesOf, type Methods } from './methods.ts'
import { MethodNet, methodLayout, trainingStart } from './net.ts'
import type { OptinterOptions } from './options.ts'

/** What the search and all trials share. */
export interface Work extends Pick<LearnContext, 'signal' | 'onSearch'> {
  data: SplitRows
  /** Of all pairs. */
  crosses: Crosses
  options: OptinterOptions
  settings: TrainingSettings
  /** What validation watches. */
  metric: Metric
}

/** Chosen methods, trained, with what they cost. */
export interface Trial {
  name: string
  methods: Methods
  /** Of the memorised pairs alone. */
  crosses: Crosses
  net: MethodNet
  training: TrainingResult
  weights: Snapshot
  value: number
  /** Parameters. */
  cost: number
}

/** Rows of the tables of all memorised pairs. */
export const crossRowsOf = ({ crosses }: Pick<Trial, 'crosses'>): number =>
  crosses.pairs.reduce((sum, pair) => sum + rowsOf(pair), 0)

export function netOf(all: Crosses, methods: Methods, options: OptinterOptions): MethodNet {
  const pairs = all.pairs.map(({ pair }) => pair)
  const layout = methodLayout(all.base, pairs, all.pairs.map(rowsOf), methods)
  return new MethodNet(layout, options, trainingStart(all.base, pairs.length, options, options.variant))
}

/** Trains a net of one method a pair from its own start. `use` is given the learner before it is closed. */
export async function trainMethods<Result = void>(
  name: string,
  methods: Methods,
  work: Work,
  use?: (learner: TableLearner, trial: Trial) => Promise<Result>,
): Promise<{ trial: Trial; used?: Result }> {
  const { train, valid } = work.data
  const crosses = someCrosses(work.crosses, placesOf(methods, 'memorise'))
  const net = netOf(work.crosses, methods, work.options)
  const rows = { spec: crosses.spec, train: crossedTable(train, crosses), valid: crossedTable(valid, crosses) }
  const { learner, training } = await trainCandidate(name, net, rows, work.settings, work)
  try {
    const weights = learner.snapshot()
    const cost = countParameters(net)
    const trial: Trial = { name, methods, crosses, net, training, weights, value: training.bestValue, cost }
    return { trial, used: await use?.(learner, trial) }
  } finally {
    await learner.close()
  }
}
