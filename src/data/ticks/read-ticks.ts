import { InterplayError } from '../../errors/index.ts'
import { requireColumn, textRows, type TextRows } from '../table/text-rows.ts'
import { bookColumns, midPrices, type BookColumns, type OrderBook } from './order-book.ts'
import type { TickStream } from './ticks.ts'

/** What was kept of the stream that was learned from. */
export interface KnownTicks {
  time: string
  features: readonly string[]
  target: string
  classes: readonly string[]
  /** Whether the target is a price, from which labels are made. */
  price: boolean
}

/**
 * Ticks of a table, one a row. The time is the column of role `time`, or the first; the target is a price where all of it
 * are numbers, else the class that follows the tick (empty where unknown); every other column is a feature. Columns
 * `bid_price_1`, `bid_size_1`, `ask_price_1`, `ask_size_1` and so on are an order book; `mid` is then its mid price.
 * @throws InterplayError `data/target-missing`, `data/unknown-field`, `data/not-finite`, `data/columns`, and what reading tables throws
 */
export async function readTicks({
  inputs,
  target,
  roles,
  known,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  target?: string
  roles?: Readonly<Record<string, readonly string[]>>
  known?: Readonly<Record<string, unknown>>
  signal?: AbortSignal
}): Promise<TickStream> {
  const table = await textRows(inputs.ticks!, 2, signal)
  const learned = known as KnownTicks | undefined
  const time = learned?.time ?? requireColumn(table, roles?.time?.[0] ?? table.columns[0]!, '--role time')
  const listed = bookColumns(table.columns)
  const goal = learned?.target ?? target ?? (listed ? mid : undefined)
  if (goal === undefined) {
    throw new InterplayError('data/target-missing', 'no target given', {
      why: `columns of '${table.path}': ${table.columns.slice(0, 10).join(', ')}`,
      try: `-t ${table.columns.at(-1)}`,
    })
  }
  const isMid = listed !== undefined && goal === mid && !table.columns.includes(mid)
  if (!learned && !isMid) requireColumn(table, goal, '--target')
  const inBook = new Set(Object.values(listed ?? {}).flat())
  const features =
    learned?.features ?? table.columns.filter(name => name !== time && name !== goal && !inBook.has(name))
  for (const name of features) requireColumn(table, name, 'features')
  const values = new Float32Array(table.rows.length * features.length)
  features.forEach((name, j) => numbers(table, name).forEach((value, t) => (values[t * features.length + j] = value)))
  const book = listed && bookOfColumns(table, listed)
  const stream = { time, features, times: numbers(table, time), values, ...(book && { book }) }
  if (isMid) return { ...stream, price: { name: mid, data: midPrices(book!) } }
  if (!table.columns.includes(goal)) return stream
  const cells = table.rows.map(row => row[goal] ?? null)
  const isPrice = learned?.price ?? cells.every(cell => cell !== null && Number.isFinite(Number(cell)))
  if (isPrice) return { ...stream, price: { name: goal, data: numbers(table, goal) } }
  const classes = learned?.classes ?? [...new Set(cells.filter(cell => cell !== null))].sort()
  return {
    ...stream,
    labels: { name: goal, classes, values: Int32Array.from(cells, cell => classes.indexOf(cell ?? '')) },
  }
}

/** What the mid price of an order book is called as a target. */
const mid = 'mid'

function bookOfColumns(table: TextRows, columns: BookColumns): OrderBook {
  const levels = columns.bidPrices.length
  const list = (names: readonly string[]) => {
    const values = new Float64Array(table.rows.length * levels)
    names.forEach((name, level) => numbers(table, name).forEach((value, t) => (values[t * levels + level] = value)))
    return values
  }
  return {
    levels,
    bidPrices: list(columns.bidPrices),
    bidSizes: list(columns.bidSizes),
    askPrices: list(columns.askPrices),
    askSizes: list(columns.askSizes),
  }
}

function numbers({ path, rows }: TextRows, name: string): Float64Array {
  return Float64Array.from(rows, (row, i) => {
    const text = row[name] ?? null
    const number = text === null ? Number.NaN : Number(text)
    if (Number.isFinite(number)) return number
    throw new InterplayError(
      'data/not-finite',
      `'${path}' row ${i + 1}: '${name}' is ${text === null ? 'empty' : `'${text}'`}`,
    )
  })
}
