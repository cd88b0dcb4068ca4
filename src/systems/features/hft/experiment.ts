import { formatNumber } from '../../../charts/index.ts'
import { orderBook } from '../../../data/index.ts'
import { stagedResult } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { fit } from './fitted.ts'
import { profitsWithoutSignal } from './idle-trading.ts'
import { drawnNet, incrementalDifference, tickTimes } from './invariants.ts'
import { futureDifference } from './no-look-ahead.ts'
import { options } from './options.ts'
import { regimes } from './regimes.ts'

const netSize = { features: 48, channels: 24, classes: 3, window: 32, gate: true }

export async function run(context: StudyContext): Promise<void> {
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
  await regimes(context)
}

async function quotes(context: StudyContext): Promise<void> {
  const { settle, skip, size, seeds, open, threads, signal, progress } = context
  if (size === 'small') return skip('book', 'full size only')
  if (!open('book')) return
  const beyond: number[] = []
  for (const seed of seeds) {
    const accuracy = await stagedResult(context, `${seed} order book`, async () => {
      progress(`order book, seed ${seed}`)
      const run = { seed, threads, signal, progress: () => {} }
      const { metrics } = await fit(orderBook.make({ seed }), options.parse({}), run)
      return metrics!.test!.balancedAccuracy!
    })
    beyond.push(100 * (accuracy - 1 / 3))
  }
  settle('book', { measured: `${mean(beyond).toFixed(1)} points`, holds: mean(beyond) >= 5, seeds })
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
