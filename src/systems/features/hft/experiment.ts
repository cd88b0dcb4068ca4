import { formatNumber, paretoChart, type ParetoPoint } from '../../../charts/index.ts'
import { orderBook, regimeTicks, type Regimes } from '../../../data/index.ts'
import type { Figure, RunContext, StudyContext, StudyResult } from '../../../system/index.ts'
import { fit, testFrom, type FittedStream } from './fitted.ts'
import { profitsWithoutSignal } from './idle-trading.ts'
import { drawnNet, incrementalDifference, tickTimes } from './invariants.ts'
import { futureDifference } from './no-look-ahead.ts'
import { options as schema, type HftOptions } from './options.ts'
import { scoresOf } from './scores.ts'

const netSize = { features: 48, channels: 24, classes: 3, window: 32, gate: true }

export async function run(context: StudyContext): Promise<StudyResult> {
  const { settle, skip, size } = context
  const whole = await incrementalDifference(netSize, 0)
  settle('incremental', { measured: whole, holds: whole <= 1e-5 })
  const pruned = await incrementalDifference(netSize, 0.6)
  settle('pruned', { measured: pruned, holds: pruned <= 1e-5 })
  const ahead = futureDifference(20)
  settle('ahead', { measured: ahead, holds: ahead === 0 })
  const profit = mean(profitsWithoutSignal(50, { fee: 1e-5 }))
  settle('nothing', { measured: profit, holds: profit < 0 })
  if (size === 'small') skip('faster', 'full size only')
  else {
    const nets = [0, 0.6].map(prune => drawnNet(netSize, prune).light)
    const [slow, quick] = tickTimes(nets, 16, 20_000)
    const ratio = slow!.median / quick!.median
    const texts = [slow!, quick!].map(
      ({ median, slowest }) => `${formatNumber(median)} (99%: ${formatNumber(slowest)}) µs`,
    )
    settle('faster', { measured: `${ratio.toFixed(2)} times, ${texts.join(' to ')}`, holds: ratio >= 1.5 })
  }
  await quotes(context)
  return regimes(context)
}

async function quotes({ settle, skip, size, seeds, open, threads, signal, progress }: StudyContext): Promise<void> {
  if (size === 'small') return skip('book', 'full size only')
  if (!open('book')) return
  const beyond: number[] = []
  for (const seed of seeds) {
    progress(`order book, seed ${seed}`)
    const fitted = await fit(orderBook.make({ seed }), schema.parse({}), { seed, threads, signal, progress: () => {} })
    beyond.push(100 * (fitted.metrics!.test!.balancedAccuracy! - 1 / 3))
  }
  settle('book', { measured: `${mean(beyond).toFixed(1)} points`, holds: mean(beyond) >= 5, seeds })
}

const claims = ['latency', 'drift', 'static', 'random', 'everywhere', 'oracle', 'recovers', 'all', 'gate', 'kept']

const contenders: Record<string, Partial<HftOptions>> = {
  live: {},
  'live, not pruned': { prune: 0 },
  'live, no gate': { gate: false },
  'chosen once': { selection: 'once' },
  random: { selection: 'random' },
  all: { selection: 'all' },
  'told the truth': { selection: 'random' },
}

async function regimes(context: StudyContext): Promise<StudyResult> {
  const { settle, skip, size, seeds, threads, signal, progress } = context
  if (size === 'small') for (const claim of claims) skip(claim, 'full size only')
  if (size === 'small' || !context.open(...claims)) return {}
  const rows: (string | number)[][] = []
  const accuracies: Record<string, number[]> = {}
  const latencies: Record<string, number[]> = {}
  const [delays, losses]: [number[], number[]] = [[], []]
  for (const seed of seeds) {
    const data = regimeTicks.make({ seed })
    const run: RunContext = { seed, threads, signal, progress: () => {} }
    for (const [name, set] of Object.entries(contenders)) {
      progress(`regimes, seed ${seed}: ${name}`)
      const told = name === 'told the truth' ? (t: number) => data.relevant[data.regime[t]!]! : undefined
      const fitted = await fit(data, { ...schema.parse({ horizon: 5 }), ...set }, run, { told })
      const { balancedAccuracy, logLoss, medianMicroseconds, p99Microseconds } = fitted.metrics!.test!
      accuracies[name] = [...(accuracies[name] ?? []), 100 * balancedAccuracy!]
      latencies[name] = [...(latencies[name] ?? []), medianMicroseconds!]
      rows.push([name, seed, balancedAccuracy!, logLoss!, medianMicroseconds!, p99Microseconds!, fitted.parameters!])
      if (name !== 'live') continue
      delays.push(worstDelay(data, fitted))
      losses.push(worstLoss(data, fitted))
    }
    const from = testFrom(data.times.length)
    const bayes = scoresOf(data.probabilities.subarray(3 * from), data.labels!.values.subarray(from), 3)
    rows.push(['who knows the probabilities', seed, bayes.balancedAccuracy, bayes.logLoss, 0, 0, 0])
  }
  const median = Math.max(...latencies.live!)
  settle('latency', { measured: `${median.toFixed(0)} µs`, holds: median < 1000, seeds })
  const delay = Math.max(...delays)
  settle('drift', { measured: Number.isFinite(delay) ? `${delay} ticks` : 'not heard', holds: delay <= 3000, seeds })
  const beyond = (other: string) => mean(accuracies.live!) - mean(accuracies[other]!)
  const points = (value: number, holds: boolean) => ({ measured: `${value.toFixed(1)} points`, holds, seeds })
  settle('static', points(beyond('chosen once'), beyond('chosen once') >= 3))
  settle('random', points(beyond('random'), beyond('random') > 0))
  const ahead = accuracies.live!.filter((value, i) => value > accuracies.random![i]!).length
  settle('everywhere', { measured: `${ahead} of ${seeds.length}`, holds: ahead === seeds.length, seeds })
  settle('oracle', points(-beyond('told the truth'), -beyond('told the truth') <= 2))
  settle('recovers', points(Math.max(...losses), Math.max(...losses) <= 3))
  settle('all', points(beyond('all'), beyond('all') >= -2))
  settle('gate', points(beyond('live, no gate'), beyond('live, no gate') >= 0))
  settle('kept', points(-beyond('live, not pruned'), -beyond('live, not pruned') < 1))
  return {
    table: {
      columns: ['features', 'seed', 'balanced accuracy', 'log loss', 'median µs', '99% µs', 'parameters'],
      rows,
    },
    figures: [frontier(accuracies, latencies)],
  }
}

/** Accuracy against the median tick. */
function frontier(accuracies: Record<string, number[]>, latencies: Record<string, number[]>): Figure {
  const points: ParetoPoint[] = Object.keys(contenders).map(name => ({
    name,
    cost: mean(latencies[name]!),
    value: mean(accuracies[name]!) / 100,
  }))
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
  const from = testFrom(times.length)
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
  const from = testFrom(data.times.length)
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
