import { paretoChart, type ParetoPoint } from '../../../charts/index.ts'
import { regimeTicks, type Regimes } from '../../../data/index.ts'
import { stagedResult } from '../../../study/index.ts'
import type { Figure, RunContext, StudyContext } from '../../../system/index.ts'
import { baselines, fitBaseline, principalTicks, type BaselineResult } from './baselines.ts'
import { fit, splitOf, type FittedStream } from './fitted.ts'
import { options as schema, type HftOptions } from './options.ts'
import { scoresOf } from './scores.ts'

const claims = [
  ...['latency', 'drift', 'static', 'random', 'everywhere', 'oracle', 'recovers', 'all', 'gate', 'kept'],
  ...['pca', 'logistic', 'deep', 'quicker'],
]

/** The system, and what of it is left out or chosen otherwise. */
const contenders: Record<string, Partial<HftOptions>> = {
  live: {},
  'live, not pruned': { prune: 0 },
  'live, no gate': { gate: false },
  'chosen once': { selection: 'once' },
  random: { selection: 'random' },
  all: { selection: 'all' },
  'told the truth': { selection: 'random' },
  PCA: { selection: 'all' },
}

const arms = [...Object.keys(contenders), ...Object.keys(baselines)]

interface Arm extends BaselineResult {
  arm: string
  seed: number
  /** Of the live system: see `worstDelay`, null where a change was not heard, and `worstLoss`. */
  delay?: number | null
  loss?: number
}

/** All arms on streams whose regimes change, each a stage: about two minutes a seed and arm on two cores. */
export async function regimes(context: StudyContext): Promise<void> {
  const { settle, skip, show, size, seeds } = context
  if (size === 'small') for (const claim of claims) skip(claim, 'full size only')
  if (size === 'small' || !context.open(...claims)) return
  const found: Arm[] = []
  const ideal: Arm[] = []
  for (const seed of seeds) {
    const data = regimeTicks.make({ seed })
    for (const arm of arms)
      found.push(await stagedResult(context, `${seed} ${arm}`, () => tried(data, arm, seed, context)))
    ideal.push(knowing(data, seed))
  }
  const of = (arm: string) => found.filter(each => each.arm === arm)
  const accuracy = (arm: string) => 100 * mean(of(arm).map(({ balancedAccuracy }) => balancedAccuracy))
  const microseconds = (arm: string) => mean(of(arm).map(({ medianMicroseconds }) => medianMicroseconds))
  show({
    table: {
      columns: ['features', 'seed', 'balanced accuracy', 'log loss', 'median µs', '99% µs', 'parameters'],
      rows: [...found, ...ideal].map(each => [
        each.arm,
        each.seed,
        each.balancedAccuracy,
        each.logLoss,
        each.medianMicroseconds,
        each.p99Microseconds,
        each.parameters,
      ]),
    },
    figures: [frontier(arms.map(name => ({ name, cost: microseconds(name), value: accuracy(name) / 100 })))],
  })
  const live = of('live')
  const median = Math.max(...live.map(({ medianMicroseconds }) => medianMicroseconds))
  settle('latency', { measured: `${median.toFixed(0)} µs`, holds: median < 1000, seeds })
  const delay = Math.max(...live.map(each => each.delay ?? Infinity))
  settle('drift', { measured: Number.isFinite(delay) ? `${delay} ticks` : 'not heard', holds: delay <= 3000, seeds })
  const beyond = (other: string) => accuracy('live') - accuracy(other)
  const points = (value: number, holds: boolean) => ({ measured: `${value.toFixed(1)} points`, holds, seeds })
  settle('static', points(beyond('chosen once'), beyond('chosen once') >= 3))
  settle('random', points(beyond('random'), beyond('random') > 0))
  const ahead = live.filter((each, i) => each.balancedAccuracy > of('random')[i]!.balancedAccuracy).length
  settle('everywhere', { measured: `${ahead} of ${seeds.length}`, holds: ahead === seeds.length, seeds })
  settle('oracle', points(-beyond('told the truth'), -beyond('told the truth') <= 2))
  const loss = Math.max(...live.map(each => each.loss!))
  settle('recovers', points(loss, loss <= 3))
  settle('all', points(beyond('all'), beyond('all') >= -2))
  settle('gate', points(beyond('live, no gate'), beyond('live, no gate') >= 0))
  settle('kept', points(-beyond('live, not pruned'), -beyond('live, not pruned') < 1))
  settle('pca', points(beyond('PCA'), beyond('PCA') > 0))
  settle('logistic', points(beyond('logistic'), beyond('logistic') > 0))
  const deep = ['LSTM-32', 'DeepLOB']
  settle('deep', {
    measured: deep.map(arm => `${beyond(arm).toFixed(1)} beyond ${arm}`).join(', '),
    holds: deep.every(arm => beyond(arm) >= -2),
    seeds,
  })
  const ratio = Math.min(...deep.map(microseconds)) / microseconds('live')
  settle('quicker', { measured: `${ratio.toFixed(1)} times`, holds: ratio >= 5, seeds })
}

async function tried(data: Regimes, arm: string, seed: number, context: StudyContext): Promise<Arm> {
  const { threads, signal, progress } = context
  progress(`regimes, seed ${seed}: ${arm}`)
  const run: RunContext = { seed, threads, signal, progress: () => {} }
  const options = { ...schema.parse({ horizon: 5 }), ...contenders[arm] }
  const baseline = baselines[arm]
  if (baseline) return { arm, seed, ...(await fitBaseline(data, baseline, options, run)) }
  const told = arm === 'told the truth' ? (t: number) => data.relevant[data.regime[t]!]! : undefined
  const stream = arm === 'PCA' ? principalTicks(data, options.select) : data
  const fitted = await fit(stream, options, run, { told })
  const { balancedAccuracy, logLoss, medianMicroseconds, p99Microseconds } = fitted.metrics!.test! as Omit<
    BaselineResult,
    'parameters'
  >
  const scores = { balancedAccuracy, logLoss, medianMicroseconds, p99Microseconds, parameters: fitted.parameters! }
  if (arm !== 'live') return { arm, seed, ...scores }
  const delay = worstDelay(data, fitted)
  return { arm, seed, ...scores, delay: Number.isFinite(delay) ? delay : null, loss: worstLoss(data, fitted) }
}

/** What one scores who knows the probabilities that labels were drawn by. */
function knowing({ times, probabilities, labels }: Regimes, seed: number): Arm {
  const { watched } = splitOf(times.length)
  const scores = scoresOf(probabilities.subarray(3 * watched), labels!.values.subarray(watched), 3)
  return {
    arm: 'who knows the probabilities',
    seed,
    ...scores,
    medianMicroseconds: 0,
    p99Microseconds: 0,
    parameters: 0,
  }
}

/** Accuracy against the median tick. */
function frontier(points: ParetoPoint[]): Figure {
  const { title, description, spec } = paretoChart({
    points,
    costTitle: 'microseconds a tick',
    metric: { title: 'balanced accuracy', better: 'higher' },
  })
  return { title, description, spec }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Changes of regime among the test ticks, each with the next one or the end. */
function changesOf({ regime, times }: Regimes): { change: number; next: number }[] {
  const from = splitOf(times.length).watched
  const changes = Array.from(regime.keys()).filter(t => t > from && regime[t] !== regime[t - 1])
  return changes.map((change, i) => ({ change, next: changes[i + 1] ?? times.length }))
}

/** The most ticks from a change of regime to the next drift heard, before the regime changes again. */
const worstDelay = (data: Regimes, { replayed }: FittedStream): number =>
  Math.max(
    ...changesOf(data).map(
      ({ change, next }) => (replayed!.drifts.find(t => t >= change && t < next) ?? Infinity) - change,
    ),
  )

const recovery = 3000

/** The most points by which ticks 3,000 to 6,000 after a change fall short of the rest of that regime. */
function worstLoss(data: Regimes, { replayed }: FittedStream): number {
  const from = splitOf(data.times.length).watched
  const accuracy = (start: number, end: number) =>
    scoresOf(
      replayed!.probabilities.subarray(3 * (start - from), 3 * (end - from)),
      data.labels!.values.subarray(start, end),
      3,
    ).balancedAccuracy
  return Math.max(
    ...changesOf(data).map(({ change, next }) => {
      const [early, late] = [change + recovery, change + 2 * recovery]
      return 100 * (accuracy(late, next) - accuracy(early, late))
    }),
  )
}
