import { regimeTicks, type Regimes } from '../../../data/index.ts'
import type { RunContext, StudyContext, StudyResult } from '../../../system/index.ts'
import { fit, scoresOf, type FittedStream } from './fitted.ts'
import { drawnNet, incrementalDifference, tickRatio } from './invariants.ts'
import { lookBack } from './net.ts'
import { options as schema, type HftOptions } from './options.ts'
import { futureDifference } from './no-look-ahead.ts'

const netSize = { features: 48, channels: 24, classes: 3, window: 32 }

export async function run(context: StudyContext): Promise<StudyResult> {
  const { settle, skip, size } = context
  const whole = await incrementalDifference(netSize, 0)
  settle('incremental', { measured: whole, holds: whole <= 1e-5 })
  const pruned = await incrementalDifference(netSize, 0.6)
  settle('pruned', { measured: pruned, holds: pruned <= 1e-5 })
  const ahead = futureDifference(20)
  settle('ahead', { measured: ahead, holds: ahead === 0 })
  if (size === 'small') skip('faster', 'full size only')
  else {
    const ratio = tickRatio(drawnNet(netSize, 0).light, drawnNet(netSize, 0.6).light, 16, 20_000)
    settle('faster', { measured: `${ratio.toFixed(2)} times`, holds: ratio >= 1.5 })
  }
  return regimes(context)
}

const claims = ['latency', 'drift', 'static', 'random', 'all', 'kept']

const contenders: Record<string, Partial<HftOptions>> = {
  live: {},
  'live, not pruned': { prune: 0 },
  'chosen once': { selection: 'once' },
  random: { selection: 'random' },
  all: { selection: 'all' },
}

async function regimes(context: StudyContext): Promise<StudyResult> {
  const { settle, skip, size, seeds, threads, signal, progress } = context
  if (size === 'small') for (const claim of claims) skip(claim, 'full size only')
  if (size === 'small' || !context.open(...claims)) return {}
  const rows: (string | number)[][] = []
  const accuracy: Record<string, number> = {}
  const latencies: number[] = []
  const delays: number[] = []
  for (const seed of seeds) {
    const data = regimeTicks.make({ seed })
    const run: RunContext = { seed, threads, signal, progress: () => {} }
    for (const [name, set] of Object.entries(contenders)) {
      progress(`regimes, seed ${seed}: ${name}`)
      const fitted = await fit(data, { ...schema.parse({ horizon: 5 }), ...set }, run)
      const { balancedAccuracy, logLoss } = fitted.metrics!.test!
      accuracy[name] = (accuracy[name] ?? 0) + (100 * balancedAccuracy!) / seeds.length
      const latency = Float64Array.from(fitted.replayed!.microseconds).sort()
      const at = (share: number) => latency[Math.floor(share * (latency.length - 1))]!
      rows.push([name, seed, balancedAccuracy!, logLoss!, at(0.5), at(0.99), fitted.parameters!])
      if (name !== 'live') continue
      latencies.push(at(0.5))
      delays.push(worstDelay(data, fitted))
    }
    const from = data.times.length - latestTicks(data)
    const bayes = scoresOf(data.probabilities.subarray(3 * from), data.labels!.values.subarray(from), 3, lookBack + 32)
    rows.push(['who knows the truth', seed, bayes.balancedAccuracy, bayes.logLoss, 0, 0, 0])
  }
  const median = Math.max(...latencies)
  settle('latency', { measured: `${median.toFixed(0)} µs`, holds: median < 1000, seeds })
  const delay = Math.max(...delays)
  settle('drift', { measured: Number.isFinite(delay) ? `${delay} ticks` : 'not heard', holds: delay <= 3000, seeds })
  const beyond = (other: string) => accuracy.live! - accuracy[other]!
  const points = (value: number, holds: boolean) => ({ measured: `${value.toFixed(1)} points`, holds, seeds })
  settle('static', points(beyond('chosen once'), beyond('chosen once') >= 3))
  settle('random', points(beyond('random'), beyond('random') > 0))
  settle('all', points(beyond('all'), beyond('all') >= -2))
  settle('kept', points(-beyond('live, not pruned'), -beyond('live, not pruned') < 1))
  return {
    table: {
      columns: ['features', 'seed', 'balanced accuracy', 'log loss', 'median µs', '99% µs', 'parameters'],
      rows,
    },
  }
}

/** Ticks that the stream is tried on: the last three tenths. */
const latestTicks = ({ times }: Regimes): number => times.length - Math.floor(0.7 * times.length)

/** The most ticks from a change of regime among the test ticks to the next drift heard, before the regime changes again. */
function worstDelay({ regime, times }: Regimes, { replayed }: FittedStream): number {
  const from = times.length - latestTicks({ times } as Regimes)
  const changes = Array.from(regime.keys()).filter(t => t > from && regime[t] !== regime[t - 1])
  return Math.max(
    ...changes.map((change, i) => {
      const next = changes[i + 1] ?? Infinity
      return (replayed!.drifts.find(t => t >= change && t < next) ?? Infinity) - change
    }),
  )
}
