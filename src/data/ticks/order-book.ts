import { InterplayError } from '../../errors/index.ts'
import { taken } from '../taken.ts'

/** What is bid and asked at the best prices, level by level: each [ticks, levels]. */
export interface OrderBook {
  levels: number
  bidPrices: Float64Array
  bidSizes: Float64Array
  askPrices: Float64Array
  askSizes: Float64Array
}

/** The columns of a book by its lists: `bid_price_1`, `ask size 2`. */
export type BookColumns = Readonly<Record<Exclude<keyof OrderBook, 'levels'>, readonly string[]>>

const pattern = /^(bid|ask)[ _-]?(price|size)[ _-]?(\d+)$/i

/**
 * The columns that name a book's sides, prices and sizes by level; undefined where there are none.
 * @throws InterplayError `data/columns` for a level that lacks one of its four
 */
export function bookColumns(columns: readonly string[]): BookColumns | undefined {
  const found = new Map<string, string>()
  for (const name of columns) {
    const [, side, what, level] = pattern.exec(name) ?? []
    if (side) found.set(`${side} ${what} ${Number(level)}`.toLowerCase(), name)
  }
  if (found.size === 0) return undefined
  const levels = Math.max(...[...found.keys()].map(key => Number(key.split(' ')[2])))
  const list = (side: string, what: string) =>
    Array.from({ length: levels }, (_, level) => {
      const name = found.get(`${side} ${what} ${level + 1}`)
      if (name !== undefined) return name
      throw new InterplayError('data/columns', `the order book has no ${side} ${what} of level ${level + 1}`, {
        why: `columns of the book: ${[...found.values()].slice(0, 8).join(', ')}`,
      })
    })
  return {
    bidPrices: list('bid', 'price'),
    bidSizes: list('bid', 'size'),
    askPrices: list('ask', 'price'),
    askSizes: list('ask', 'size'),
  }
}

/** Halfway between the best bid and the best ask: [ticks]. */
export const midPrices = ({ levels, bidPrices, askPrices }: OrderBook): Float64Array =>
  Float64Array.from(
    { length: bidPrices.length / levels },
    (_, t) => (bidPrices[t * levels]! + askPrices[t * levels]!) / 2,
  )

/** Ticks at which the best bid is not below the best ask: no market stands like that. */
export const crossedTicks = ({ levels, bidPrices, askPrices }: OrderBook): Int32Array =>
  Int32Array.from(new Int32Array(bidPrices.length / levels).keys()).filter(
    t => bidPrices[t * levels]! >= askPrices[t * levels]!,
  )

/** @throws InterplayError `data/not-finite`, `data/crossed` where most ticks are crossed, `data/shape` */
export function checkBook(book: OrderBook, ticks: number): void {
  for (const list of ['bidPrices', 'bidSizes', 'askPrices', 'askSizes'] as const) {
    const values = book[list]
    if (values.length !== ticks * book.levels) {
      throw new InterplayError('data/shape', `${list} of the order book has ${values.length} numbers`, {
        why: `${ticks} ticks of ${book.levels} levels have ${ticks * book.levels}`,
      })
    }
    const broken = values.findIndex(value => !Number.isFinite(value) || value < 0)
    if (broken < 0) continue
    const [tick, level] = [Math.floor(broken / book.levels) + 1, (broken % book.levels) + 1]
    throw new InterplayError('data/not-finite', `${list} of tick ${tick}, level ${level} is ${values[broken]}`)
  }
  const crossed = crossedTicks(book)
  if (2 * crossed.length <= ticks) return
  throw new InterplayError(
    'data/crossed',
    `the best bid is not below the best ask in ${crossed.length} of ${ticks} ticks`,
    {
      where: `first tick ${crossed[0]! + 1}`,
      why: 'bids and asks may have changed places',
    },
  )
}

/** The book of some of the ticks. */
export function bookOf(book: OrderBook, ticks: Int32Array): OrderBook {
  const { levels } = book
  return {
    levels,
    bidPrices: taken(book.bidPrices, levels, ticks),
    bidSizes: taken(book.bidSizes, levels, ticks),
    askPrices: taken(book.askPrices, levels, ticks),
    askSizes: taken(book.askSizes, levels, ticks),
  }
}
