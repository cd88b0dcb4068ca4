import type { OrderBook } from '../../../data/index.ts'
import { DecayingMoments } from '../../../streaming/index.ts'

const lags = [1, 5, 20]
const halfLives = [10, 50, 250]
/** Spans of the usual indicators: RSI, MACD (quick, slow, signal), Bollinger. */
const [rsiSpan, macdSpans, bollingerSpan] = [14, [12, 26, 9], 20] as const
const longest = Math.max(...lags)

/** Names of what a `FeatureBank` tells of a book, in its order. */
export const bankFeatures = (levels: number, hasClock: boolean): string[] => [
  ...lags.map(lag => `return ${lag}`),
  'spread',
  ...Array.from({ length: levels }, (_, level) => `imbalance ${level + 1}`),
  'order flow',
  'microprice',
  ...halfLives.map(ticks => `volatility ${ticks}`),
  ...halfLives.map(ticks => `activity ${ticks}`),
  'RSI',
  'MACD',
  'Bollinger',
  ...(hasClock ? ['day sine', 'day cosine'] : []),
]

/** Ticks of a day where times are plainly seconds, milli-, micro- or nanoseconds since 1970, else undefined. */
export function dayOf(time: number): number | undefined {
  const scale = [1, 1e3, 1e6, 1e9].find(unit => time >= 3e8 * unit && time < 1e10 * unit)
  return scale === undefined ? undefined : 86_400 * scale
}

/**
 * Features of an order book, each tick at a cost that does not grow with the past: log returns, spread, depth imbalance by
 * level, order-flow imbalance (Cont, Kukanov and Stoikov 2014, equation 6), microprice, volatility, activity (the size of
 * the order flow: quotes tell no trades), RSI, MACD, place in the Bollinger band, time of day.
 */
export class FeatureBank {
  readonly names: readonly string[]
  private readonly mids = new Float64Array(longest + 1)
  private readonly volatility = halfLives.map(ticks => new DecayingMoments(1, ticks))
  private readonly activity = halfLives.map(ticks => new DecayingMoments(1, ticks))
  private readonly band = new DecayingMoments(1, bollingerSpan / 2)
  private readonly averages = new Float64Array(macdSpans.length)
  private rises = 0
  private falls = 0
  private ticks = 0

  /** `day`: length of a day in the unit of the times, where that is known. */
  constructor(
    private readonly book: OrderBook,
    private readonly day?: number,
  ) {
    this.names = bankFeatures(book.levels, day !== undefined)
  }

  /** Forgets all ticks before, as after a pause. */
  reset(): void {
    this.ticks = this.rises = this.falls = 0
    for (const moments of [...this.volatility, ...this.activity, this.band]) moments.reset()
  }

  /** Writes what tick `t` tells, given the ticks that were pushed before it; `t - 1` must be the last of them. */
  push(t: number, time: number, into: Float32Array, offset = 0): void {
    const { levels, bidPrices, askPrices, bidSizes, askSizes } = this.book
    const first = t * levels
    const [bid, ask] = [bidPrices[first]!, askPrices[first]!]
    const mid = (bid + ask) / 2
    if (this.ticks === 0) {
      this.mids.fill(mid)
      this.averages.fill(mid, 0, 2)
      this.averages[2] = 0
    }
    const before = this.mids[(this.ticks + longest) % (longest + 1)]!
    this.mids[this.ticks % (longest + 1)] = mid
    const flow = this.ticks === 0 ? 0 : this.orderFlow(first)
    let at = offset
    for (const lag of lags) {
      const past = this.ticks < lag ? mid : this.mids[(this.ticks - lag) % (longest + 1)]!
      into[at++] = Math.log(mid / past)
    }
    into[at++] = (ask - bid) / mid
    for (let level = first; level < first + levels; level++) {
      const [bids, asks] = [bidSizes[level]!, askSizes[level]!]
      into[at++] = bids + asks > 0 ? (bids - asks) / (bids + asks) : 0
    }
    into[at++] = flow
    const [bids, asks] = [bidSizes[first]!, askSizes[first]!]
    into[at++] = bids + asks > 0 ? ((bid * asks + ask * bids) / (bids + asks) - mid) / mid : 0
    const change = mid - before
    for (const moments of this.volatility) {
      moments.add([(change / mid) ** 2])
      into[at++] = Math.sqrt(moments.mean[0]!)
    }
    for (const moments of this.activity) {
      moments.add([Math.abs(flow)])
      into[at++] = moments.mean[0]!
    }
    into[at++] = this.relativeStrength(change)
    into[at++] = this.convergence(mid) / mid
    this.band.add([mid])
    const deviation = Math.sqrt(this.band.variance[0]!)
    into[at++] = deviation > 1e-12 * mid ? (mid - this.band.mean[0]!) / (2 * deviation) : 0
    if (this.day !== undefined) {
      const angle = (2 * Math.PI * (time % this.day)) / this.day
      into[at++] = Math.sin(angle)
      into[at] = Math.cos(angle)
    }
    this.ticks++
  }

  /** What the best bid gained in size, less what the best ask did: a price that moves counts its whole queue. */
  private orderFlow(now: number): number {
    const { levels, bidPrices, askPrices, bidSizes, askSizes } = this.book
    const past = now - levels
    const [bid, bidPast, ask, askPast] = [bidPrices[now]!, bidPrices[past]!, askPrices[now]!, askPrices[past]!]
    return (
      (bid >= bidPast ? bidSizes[now]! : 0) -
      (bid <= bidPast ? bidSizes[past]! : 0) -
      (ask <= askPast ? askSizes[now]! : 0) +
      (ask >= askPast ? askSizes[past]! : 0)
    )
  }

  /** Rises over rises and falls, exponentially averaged (Wilder 1978), in [0, 1]; 1/2 while nothing has moved. */
  private relativeStrength(change: number): number {
    this.rises += (Math.max(change, 0) - this.rises) / rsiSpan
    this.falls += (Math.max(-change, 0) - this.falls) / rsiSpan
    const moved = this.rises + this.falls
    return moved > 0 ? this.rises / moved : 0.5
  }

  /** The quick average less the slow one, less the average of that difference. */
  private convergence(mid: number): number {
    const [quick, slow, signal] = macdSpans.map(span => 2 / (span + 1)) as [number, number, number]
    const { averages } = this
    averages[0]! += quick * (mid - averages[0]!)
    averages[1]! += slow * (mid - averages[1]!)
    const difference = averages[0]! - averages[1]!
    averages[2]! += signal * (difference - averages[2]!)
    return difference - averages[2]!
  }
}
