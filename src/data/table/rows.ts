import type { DuckDBDataChunk } from '@duckdb/node-api'
import type { Database } from './database.ts'
import { rowColumn } from './readers/source.ts'
import { identifier } from './sql.ts'

/**
 * Where each prepared row goes: training rows first, then validation, then test, each in the order of the input. The
 * database may store and give rows in any order; everything it gives carries its `rowid` and is put in its slot.
 */
export interface RowOrder {
  /** Slot by rowid. */
  slots: Int32Array
  /** The row's number in its input, by slot. */
  numbers: Int32Array
  /** Rows of train, valid and test. */
  counts: [number, number, number]
}

export async function rowOrder(database: Database, relation: string): Promise<RowOrder> {
  const { rows } = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${relation}`)
  const split = new Uint8Array(rows)
  const number = new Int32Array(rows)
  const counts: [number, number, number] = [0, 0, 0]
  const sql = `SELECT rowid::UINTEGER, "#split", ${identifier(rowColumn)} FROM ${relation}`
  for await (const chunk of database.stream(sql)) {
    const ids = itemsOf(chunk, 0)
    const splits = itemsOf(chunk, 1)
    const numbers = itemsOf(chunk, 2)
    for (let i = 0; i < ids.length; i++) {
      split[ids[i]!] = splits[i]!
      number[ids[i]!] = numbers[i]!
      counts[splits[i]! as 0 | 1 | 2]++
    }
  }
  const starts = [0, counts[0], counts[0] + counts[1]]
  const slots = new Int32Array(rows)
  const numbers = new Int32Array(rows)
  const ids = ascending(split, number)
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!
    const slot = starts[split[id]!]!++
    slots[id] = slot
    numbers[slot] = number[id]!
  }
  return { slots, numbers, counts }
}

/** Row ids by number; rows mostly lie in order already, and then no sort is needed. */
function ascending(split: Uint8Array, number: Int32Array): Uint32Array {
  const last = [0, 0, 0]
  let sorted = true
  for (let id = 0; id < number.length && sorted; id++) {
    sorted = number[id]! > last[split[id]!]!
    last[split[id]!] = number[id]!
  }
  const ids = new Uint32Array(number.length)
  for (let id = 0; id < ids.length; id++) ids[id] = id
  return sorted ? ids : ids.sort((a, b) => number[a]! - number[b]!)
}

/** Rows to read from a relation called `rows`, and where they go: the row of key k in `slots[k - base]`. */
export interface Placement {
  /** `FROM` onwards. */
  from: string
  where: string
  key: string
  base: number
  slots: Int32Array
}

/** Every row of a relation, by rowid. */
export function wholePlacement(relation: string, slots: Int32Array): Placement {
  return { from: `${relation} AS rows`, where: '', key: 'rows.rowid', base: 0, slots }
}

/** Puts one column of a chunk into every `width`-th place of an array. */
export function scatter(
  target: Int32Array | Float32Array | Float64Array,
  width: number,
  at: number,
  items: ArrayLike<number>,
  keys: ArrayLike<number>,
  { base, slots }: Placement,
): void {
  for (let i = 0; i < keys.length; i++) target[slots[keys[i]! - base]! * width + at] = items[i]!
}

/** The values of a numeric column of a chunk, without a copy. The SQL must not give NULL. */
export function itemsOf(chunk: DuckDBDataChunk, column: number): ArrayLike<number> {
  return (chunk.getColumnVector(column) as unknown as { items: ArrayLike<number> }).items
}
