import { InterplayError } from '../../errors/index.ts'
import type { Labels } from '../items.ts'
import { taken } from '../taken.ts'
import { bookOf, checkBook, type OrderBook } from './order-book.ts'

/** Snapshots of a market in the order of time. */
export interface TickStream {
  /** What the times are called; `time` where left out. */
  time?: string
  /** Names of the columns. */
  features: readonly string[]
  /** Of each tick, rising, in any unit: [ticks]. */
  times: Float64Array
  /** [ticks, features] */
  values: Float32Array
  /** What each tick is followed by, -1 where unknown; it becomes known `horizon` ticks later. */
  labels?: Labels
  /** From which labels are made, where there are none: [ticks]. */
  price?: { name: string; data: Float64Array }
  /** What stands behind the price, from which a system may make features of its own. */
  book?: OrderBook
}

export const ticksOf = ({ times }: TickStream): number => times.length

/** The stream of some of its ticks, in order. */
export function takeTicks(stream: TickStream, ticks: Int32Array): TickStream {
  const { features, times, values, labels, price, book } = stream
  return {
    ...stream,
    times: taken(times, 1, ticks),
    values: taken(values, features.length, ticks),
    ...(labels && { labels: { ...labels, values: taken(labels.values, 1, ticks) } }),
    ...(price && { price: { ...price, data: taken(price.data, 1, ticks) } }),
    ...(book && { book: bookOf(book, ticks) }),
  }
}

/** @throws InterplayError `data/empty`, `data/order`, `data/not-finite`, `data/target-missing`, `data/target-constant`, and what `checkBook` throws */
export function checkTicks(stream: TickStream, purpose: 'fit' | 'predict'): void {
  const { times, values, features, labels, price, book } = stream
  if (times.length === 0) throw new InterplayError('data/empty', 'the stream has no ticks')
  const back = times.findIndex((time, t) => !Number.isFinite(time) || (t > 0 && time <= times[t - 1]!))
  if (back >= 0) {
    throw new InterplayError('data/order', `tick ${back + 1} is at ${times[back]}, not after the one before it`)
  }
  const broken = values.findIndex(value => !Number.isFinite(value))
  if (broken >= 0) {
    const [tick, feature] = [Math.floor(broken / features.length) + 1, features[broken % features.length]]
    throw new InterplayError('data/not-finite', `'${feature}' of tick ${tick} is ${values[broken]}`)
  }
  const gap = price?.data.findIndex(value => !Number.isFinite(value)) ?? -1
  if (gap >= 0)
    throw new InterplayError('data/not-finite', `'${price!.name}' of tick ${gap + 1} is ${price!.data[gap]}`)
  if (book) checkBook(book, times.length)
  if (purpose === 'predict') return
  if (!labels && !price) throw new InterplayError('data/target-missing', 'the ticks have no labels to learn from')
  const told = labels ? labels.values.filter(value => value >= 0) : price!.data
  if (new Set(told).size > 1) return
  const name = labels?.name ?? price!.name
  throw new InterplayError('data/target-constant', `'${name}' is the same in all ${times.length} ticks`)
}
