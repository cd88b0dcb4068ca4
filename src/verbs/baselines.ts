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
  /** The system they stand beside: it is not fitted again. */
  system: string
  seed: number
  threads: number
  signal?: AbortSignal
}

/**
 * What a model must beat, a list a target: boosted trees and a linear model of the same encoded rows, and always the same
 * answer.
 */
export async function baselines(data: PreparedTable, options: BaselineOptions): Promise<Baseline[][]> {
  const { seed, threads, system, signal } = options
  const { spec } = data
  const able = system !== boostedTrees.name && spec.fields.some(field => field.type !== 'sequence')
  const grown = able ? await trees(data, options) : []
  const fitted = system === logistic.name ? [] : await linear(spec, data, seed, threads, signal)
  return spec.targets.map((target, i) => [
    ...grown.slice(i, i + 1),
    ...fitted.slice(i, i + 1),
    constantAnswer(target, i, data),
  ])
}

/** Boosted trees at their defaults, one ensemble a target. */
async function trees(data: PreparedTable, context: BaselineOptions): Promise<Baseline[]> {
  const own: Baseline[] = []
  for (const i of data.spec.targets.keys()) {
    const only = <T>(list: readonly T[]) => list.slice(i, i + 1)
    const part = (rows: EncodedTable): EncodedTable => ({ ...rows, targets: only(rows.targets) })
    const one = {
      ...data,
      spec: { ...data.spec, targets: only(data.spec.targets) },
      train: part(data.train),
      valid: part(data.valid),
      test: part(data.test),
    }
    const model = await boostedTrees.learn!(one, boostedTrees.options.parse({}), context)
    const [answers] = await answersOf(model, one.test, context.signal)
    own.push({ name: boostedTrees.name, metrics: estimate(answers!) })
  }
  return own
}

async function linear(
  spec: TableSpec,
  data: Split,
  seed: number,
  threads: number,
  signal?: AbortSignal,
): Promise<Baseline[]> {
  const options = logistic.options.parse({})
  const settings = trainingSettings(data.train.rows, { seed, threads }, logistic.training!(options))
  const learner = new TableLearner(logistic.create!(options, spec), spec, settings)
  try {
    await trainTable(learner, data, { settings, signal })
    const answers = await answersOf(learner, data.test, signal)
    return answers.map(each => ({
      name: each.kind === 'regression' ? 'linear' : 'logistic',
      metrics: estimate(each),
    }))
  } finally {
    await learner.close()
  }
}

/** The mean or the class frequencies of the training rows, for every row. */
function constantAnswer(target: TargetSpec, index: number, { train, test }: Split): Baseline {
  const width = target.kind === 'multiclass' ? target.classes.length : 1
  const answer = new Float64Array(width)
  const values = train.targets[index]!
  if (target.kind === 'multiclass') for (const value of values) answer[value]! += 1 / values.length
  else answer[0] = values.reduce((sum, value) => sum + value, 0) / values.length
  const predictions = new Float64Array(test.rows * width)
  for (let row = 0; row < test.rows; row++) predictions.set(answer, row * width)
  const answers: Answers = { kind: target.kind, targets: test.targets[index]!, predictions }
  return { name: target.kind === 'regression' ? 'mean' : 'base rate', metrics: withoutIntervals(estimate(answers)) }
}

const withoutIntervals = (metrics: Record<string, Measure>): Record<string, Measure> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, { value }]))
