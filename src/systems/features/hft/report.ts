import {
  bandCurves,
  formatCount,
  formatNumber,
  formatQuantity,
  formatShare,
  latencyHistogram,
  selectionRibbon,
  type ChartSpec,
} from '../../../charts/index.ts'
import type { HftOptions } from './options.ts'
import type { Replay } from './pipeline.ts'
import type { ReadyTicks } from './ticks.ts'
import type { Trading } from './trading.ts'

/** What became of the ticks that a stream was tried on. */
export interface Tried {
  stream: ReadyTicks
  tried: Replay
  trading?: Trading
  cost: { operations: number }
  options: HftOptions
  range: readonly [number, number]
  /** The features listened to at the end. */
  listening: readonly number[]
}

/** What answers took, in microseconds: the middle tick, 99 of 100, the slowest. */
export function latenciesOf({ microseconds }: Pick<Replay, 'microseconds'>): {
  medianMicroseconds: number
  p99Microseconds: number
  slowestMicroseconds: number
} {
  const sorted = Float64Array.from(microseconds).sort()
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  return { medianMicroseconds: at(0.5), p99Microseconds: at(0.99), slowestMicroseconds: at(1) }
}

/** `crossed`: ticks that were left out. */
export function notesOf({ stream, tried, trading, cost, options, range, listening }: Tried, crossed: number): string[] {
  const [from, to] = range
  const { medianMicroseconds, p99Microseconds, slowestMicroseconds } = latenciesOf(tried)
  const pauses = stream.starts.reduce((sum, start, t) => sum + Number(t > 0 && start === t), 0)
  return [
    `a tick is answered in ${formatNumber(medianMicroseconds)} µs, 99 of 100 within ${formatNumber(p99Microseconds)} µs, ` +
      `the slowest, a choice of features, in ${formatNumber(slowestMicroseconds)} µs`,
    `${formatCount(cost.operations)} multiplications a tick; ${formatShare(options.prune)} of the channels of each block taken out`,
    `drift heard ${formatQuantity(tried.drifts.length, 'time')} in ${formatQuantity(to - from, 'tick')}; ` +
      `features changed ${formatQuantity(tried.selections.length - 1, 'time')}`,
    `listening to ${listening.map(j => stream.features[j]).join(', ')}`,
    ...(crossed > 0 ? [`${formatQuantity(crossed, 'tick')} left out: the best bid was not below the best ask`] : []),
    ...(pauses > 0 ? [`windows begun anew after ${formatQuantity(pauses, 'pause')}`] : []),
    ...(trading ? [tradingNote(trading)] : []),
    'a research tool, no advice to trade',
  ]
}

const tradingNote = ({ profit, fees, trades, sharpe, turnover, drawdown }: Trading): string =>
  `simulated trading of one unit: ${formatNumber(profit)} after ${formatNumber(fees)} of fees in ${formatQuantity(trades, 'trade')}, ` +
  `${formatNumber(turnover)} units turned over, Sharpe ratio of a trade ${Number.isNaN(sharpe) ? '–' : formatNumber(sharpe)}, ` +
  `deepest fall ${formatNumber(drawdown)}`

export function figuresOf({ stream, tried, trading, range: [from, to] }: Tried): ChartSpec[] {
  return [
    selectionRibbon({
      choices: tried.selections.map(({ tick, features }) => ({
        from: tick,
        chosen: features.map(j => stream.features[j]!),
      })),
      end: to,
      step: 'tick',
    }),
    latencyHistogram({ microseconds: tried.microseconds, what: 'tick' }),
    ...(trading ? [equityCurve(trading, from)] : []),
  ]
}

/** Places at which an equity curve is drawn. */
const drawnTicks = 300

function equityCurve({ equity, beforeFees, profit, trades }: Trading, from: number): ChartSpec {
  const step = Math.max(1, Math.ceil(equity.length / drawnTicks))
  const places = Array.from({ length: Math.ceil(equity.length / step) }, (_, i) => i * step)
  const curve = (name: string, values: Float64Array) => {
    const own = places.map(t => values[t]!)
    return { name, mean: own, low: own, high: own }
  }
  return bandCurves({
    field: 'tick',
    at: places.map(t => from + t),
    curves: [curve('after fees', equity), curve('before fees', beforeFees)],
    title: `Simulated trading of one unit ends at ${formatNumber(profit)} after fees, in ${formatQuantity(trades, 'trade')}`,
    units: 'gain, in the unit of the price',
    sampleSize: formatQuantity(equity.length, 'tick'),
    note: 'Orders are filled at the first quote after the measured latency. A simulation: no advice to trade.',
  })
}
