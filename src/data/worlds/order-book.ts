import { Random } from '../../random/index.ts'
import { midPrices, type OrderBook } from '../ticks/order-book.ts'
import type { TickStream } from '../ticks/ticks.ts'
import type { World, WorldOptions } from './world.ts'

export interface BookTicks extends TickStream {
  book: OrderBook
  /** What pushes the price up or down, which the sizes near the best prices show: [ticks]. */
  pressure: Float64Array
}

const levels = 10
const tickSize = 0.01
const persistence = 0.97
/** Milliseconds since 1970 at which the stream begins, and the mean time between two ticks. */
const [start, meanStep] = [1_700_000_000_000, 50]

/**
 * Quotes of ten levels. A pressure, an autoregression of 0.97, fills the bid or the ask side, the best levels most, and moves
 * the price by a tick, up with probability 1 / (1 + exp(-2 pressure)) at one tick in five.
 */
export const orderBook: World<BookTicks> = {
  name: 'order-book',
  title: 'quotes of ten levels whose sizes tell where the price goes',
  task: 'stream',
  make({ seed, size = 'full' }: WorldOptions): BookTicks {
    const ticks = size === 'full' ? 40_000 : 1600
    const random = new Random(seed, 'order-book')
    const list = () => new Float64Array(ticks * levels)
    const book = { levels, bidPrices: list(), bidSizes: list(), askPrices: list(), askSizes: list() }
    const times = new Float64Array(ticks)
    const pressure = new Float64Array(ticks)
    const innovation = Math.sqrt(1 - persistence ** 2)
    let [time, bid, push] = [start, 10_000, 0]
    for (let t = 0; t < ticks; t++) {
      push = persistence * push + innovation * random.normal()
      if (random.uniform() < 0.2) bid += random.uniform() < 1 / (1 + Math.exp(-2 * push)) ? 1 : -1
      const spread = random.uniform() < 0.8 ? 1 : 2
      for (let level = 0; level < levels; level++) {
        const told = (0.6 * push) / (1 + level)
        const size = (sign: number) => Math.ceil(100 * (1 + level / 4) * Math.exp(sign * told + 0.5 * random.normal()))
        const at = t * levels + level
        book.bidPrices[at] = (bid - level) * tickSize
        book.askPrices[at] = (bid + spread + level) * tickSize
        book.bidSizes[at] = size(1)
        book.askSizes[at] = size(-1)
      }
      time += 1 + Math.floor(-meanStep * Math.log(1 - random.uniform()))
      times[t] = time
      pressure[t] = push
    }
    const price = { name: 'mid', data: midPrices(book) }
    return { features: [], times, values: new Float32Array(), price, book, pressure }
  },
}
