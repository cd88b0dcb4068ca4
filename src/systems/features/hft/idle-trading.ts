import { Random } from '../../../random/index.ts'
import { quotesAround, trade, type TradingOptions } from './trading.ts'

const ticks = 2000
const halfSpread = 5e-5

/** What trading earns on random walks, one a seed, by answers drawn without regard to them: the mean ought to be below zero. */
export function profitsWithoutSignal(
  walks: number,
  options: Partial<TradingOptions & { halfSpread: number }>,
): number[] {
  return Array.from({ length: walks }, (_, walk) => {
    const random = new Random(walk + 1, 'hft.idle')
    let price = 100
    const prices = Float64Array.from({ length: ticks }, () => (price += 0.01 * random.normal()))
    const probabilities = new Float64Array(3 * ticks)
    for (let t = 0; t < ticks; t++) probabilities[3 * t + random.integer(3)] = 1
    const times = Float64Array.from({ length: ticks }, (_, t) => t)
    const quotes = quotesAround(times, prices, options.halfSpread ?? halfSpread)
    return trade(probabilities, quotes, { threshold: 0.5, fee: 0, latency: 0, ...options }).profit
  })
}
