import type { EncodedTable, PreparedTable } from '../data/index.ts'
import { estimate, type Answers } from '../metrics/index.ts'
import type { TableSpec, TargetSpec } from '../nn/index.ts'
import { boostedTrees } from '../systems/features/boosted-trees/index.ts'
import { logistic } from '../systems/features/logistic/index.ts'
import { answersOf, TableLearner, trainingSettings, trainTable } from '../train/index.ts'

export interface Measure {
  value: number
  low?: number
  high?: number
}

export interface Baseline {
  name: string
  metrics: Record<string, Measure>
}

interface Split {
  train: EncodedTable
  valid: EncodedTable
  test: EncodedTable
}

export interface BaselineOptions {
  seed: number
  threads: number
  /** The system they stand beside: it is not fitted again. */
  system: string
  signal?: AbortSignal
}

/** What a model must beat: boosted trees and a linear model of the same encoded rows, and always the same answer. */
export async function baselines(spec: TableSpec, data: PreparedTable, options: BaselineOptions): Promise<Baseline[]> {
  const { seed, threads, system, signal } = options
  const able = spec.fields.some(field => field.type !== 'sequence')
  return [
    ...(able && system !== boostedTrees.name ? [await trees(data, options)] : []),
    await linear(spec, data, seed, threads, signal),
    constantAnswer(spec.targets[0]!, data),
  ]
}

/** Boosted trees at their defaults, of the first target. */
async function trees(data: PreparedTable, context: BaselineOptions): Promise<Baseline> {
  const first = { ...data, spec: { ...data.spec, targets: data.spec.targets.slice(0, 1) } }
  const model = await boostedTrees.learn!(first, boostedTrees.options.parse({}), context)
  const [answers] = await answersOf(model, data.test, context.signal)
  return { name: boostedTrees.name, metrics: estimate(answers!) }
}

async function linear(
  spec: TableSpec,
  data: Split,
  seed: number,
  threads: number,
  signal?: AbortSignal,
): Promise<Baseline> {
  const options = logistic.options.parse({})
  const settings = trainingSettings(data.train.rows, { seed, threads }, logistic.training!(options))
  const learner = new TableLearner(logistic.create!(options, spec), spec, settings)
  try {
    await trainTable(learner, data, { settings, signal })
    const [answers] = await answersOf(learner, data.test, signal)
    const name = spec.targets[0]!.kind === 'regression' ? 'linear' : 'logistic'
    return { name, metrics: estimate(answers!) }
  } finally {
    await learner.close()
  }
}

/** The mean or the class frequencies of the training rows, for every row. */
function constantAnswer(target: TargetSpec, { train, test }: Split): Baseline {
  const width = target.kind === 'multiclass' ? target.classes.length : 1
  const answer = new Float64Array(width)
  const values = train.targets[0]!
  if (target.kind === 'multiclass') for (const value of values) answer[value]! += 1 / values.length
  else answer[0] = values.reduce((sum, value) => sum + value, 0) / values.length
  const predictions = new Float64Array(test.rows * width)
  for (let row = 0; row < test.rows; row++) predictions.set(answer, row * width)
  const answers: Answers = { kind: target.kind, targets: test.targets[0]!, predictions }
  return { name: target.kind === 'regression' ? 'mean' : 'base rate', metrics: withoutIntervals(estimate(answers)) }
}

const withoutIntervals = (metrics: Record<string, Measure>): Record<string, Measure> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, { value }]))
