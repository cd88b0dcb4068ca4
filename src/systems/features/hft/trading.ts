import { dayOf } from './feature-bank.ts'
import type { HftOptions } from './options.ts'
import type { Replay } from './pipeline.ts'
import type { ReadyTicks } from './ticks.ts'

/** What a unit can be bought and sold for at each tick: [ticks]. */
export interface Quotes {
  times: Float64Array
  bid: Float64Array
  ask: Float64Array
}

export interface TradingOptions {
  /** The likeliest class is acted on where its probability is above this. */
  threshold: number
  /** Share of the price that each unit bought or sold costs. */
  fee: number
  /** From a tick to its order reaching the market, in the unit of the times; it is filled at the first quote after. */
  latency: number
}

/** What trading on answers earned, in the unit of the prices, for one unit held at most, on either side. */
export interface Trading {
  /** Gained up to each tick, what is held being worth the mid price: after fees, and had they been nil. */
  equity: Float64Array
  beforeFees: Float64Array
  profit: number
  fees: number
  /** From the first unit on one side to the position being closed or turned. */
  trades: number
  /** Mean profit of a trade over its deviation; NaN for less than two trades. */
  sharpe: number
  /** Units bought and sold. */
  turnover: number
  /** The deepest fall of the equity below an earlier height. */
  drawdown: number
}

/**
 * Trades on P(down, flat, up), [ticks, 3]: long where up is likeliest and above the threshold, short where down is, else out.
 * Orders buy at the ask and sell at the bid of the first tick after the latency has passed. Ticks that are not `full` are
 * not acted on.
 */
export function trade(
  probabilities: Float64Array,
  { times, bid, ask }: Quotes,
  { threshold, fee, latency }: TradingOptions,
  full?: Uint8Array,
): Trading {
  const ticks = times.length
  const equity = new Float64Array(ticks)
  const beforeFees = new Float64Array(ticks)
  const profits: number[] = []
  let [cash, fees, held, turnover, height, drawdown, sent] = [0, 0, 0, 0, 0, 0, 0]
  let opened = 0
  for (let t = 0; t < ticks; t++) {
    // The last order that has reached the market by now: those before it are overtaken.
    while (sent < t && times[sent]! + latency < times[t]!) sent++
    const wanted = sent === 0 ? 0 : side(probabilities, sent - 1, threshold, full)
    const change = wanted - held
    if (change !== 0) {
      const price = change > 0 ? ask[t]! : bid[t]!
      const closed = held !== 0
      if (closed) {
        const worth = cash - fees + held * price - fee * price
        profits.push(worth - opened)
        opened = worth
      } else opened = cash - fees
      cash -= change * price
      fees += Math.abs(change) * fee * price
      turnover += Math.abs(change)
      held = wanted
    }
    beforeFees[t] = cash + (held * (bid[t]! + ask[t]!)) / 2
    equity[t] = beforeFees[t]! - fees
    height = Math.max(height, equity[t]!)
    drawdown = Math.max(drawdown, height - equity[t]!)
  }
  const trades = profits.length
  const mean = profits.reduce((sum, each) => sum + each, 0) / trades
  const variance = profits.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (trades - 1)
  const profit = ticks === 0 ? 0 : equity[ticks - 1]!
  return { equity, beforeFees, profit, fees, trades, sharpe: mean / Math.sqrt(variance), turnover, drawdown }
}

/** 1 to hold, -1 to owe, 0 to stay out. */
function side(probabilities: Float64Array, t: number, threshold: number, full?: Uint8Array): -1 | 0 | 1 {
  if (full && full[t] === 0) return 0
  const [down, flat, up] = probabilities.subarray(3 * t, 3 * t + 3) as unknown as [number, number, number]
  if (up > threshold && up >= flat && up > down) return 1
  return down > threshold && down >= flat && down > up ? -1 : 0
}

/** Quotes half a spread, a share of the price, beside a price that is known alone. */
export function quotesAround(times: Float64Array, price: Float64Array, halfSpread: number): Quotes {
  return { times, bid: price.map(value => value * (1 - halfSpread)), ask: price.map(value => value * (1 + halfSpread)) }
}

/** Trading on a stretch that was played, at its median latency where the unit of time is known; undefined without a price. */
export function simulated(
  { times, price, book }: ReadyTicks,
  { probabilities, full, microseconds }: Replay,
  { tradeAbove, fee, halfSpread }: HftOptions,
  [from, to]: readonly [number, number],
): Trading | undefined {
  if (!book && !price) return undefined
  const played = times.subarray(from, to)
  const best = (prices: Float64Array, levels: number) => played.map((_, t) => prices[(from + t) * levels]!)
  const quotes = book
    ? { times: played, bid: best(book.bidPrices, book.levels), ask: best(book.askPrices, book.levels) }
    : quotesAround(played, price!.data.subarray(from, to), halfSpread)
  const median = Float64Array.from(microseconds).sort()[microseconds.length >> 1]!
  const second = (dayOf(times[0]!) ?? 0) / 86_400
  return trade(probabilities, quotes, { threshold: tradeAbove, fee, latency: 1e-6 * median * second }, full)
}
