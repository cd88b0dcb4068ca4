import { InterplayError } from '../../errors/index.ts'
import type { HostFunction } from '../host.ts'

/** A table this many times longer than the batch's ids is not walked: the ids are counted in a hash table. */
const sparse = 8

/**
 * Groups equal ids, ties by position: order [N], ends [U], distinct ids [U, 1]. Distinct ids ascend. Ids of padding
 * rows come last and are not among them.
 */
export function sorter(rows: number, padding: readonly number[]): HostFunction {
  const skipped = new Set(padding)
  const counts = new IdCounts()
  return ([values], context) => {
    const data = counted(values!.data as Int32Array | BigInt64Array, rows)
    const places = counts.of(data, rows)
    const listed = skipped.size === 0 ? places.ids : places.ids.filter(id => !skipped.has(id))
    const order = context.output(0, [data.length]) as Int32Array
    const ends = context.output(1, [listed.length]) as Int32Array
    const names = lowWords(context.output(2, [listed.length, 1]) as BigInt64Array)
    let next = 0
    for (let u = 0; u < listed.length; u++) {
      const id = listed[u]!
      next = places.start(id, next)
      ends[u] = next - 1
      names[2 * u] = id
      names[2 * u + 1] = 0
    }
    for (const id of padding) if (places.has(id)) next = places.start(id, next)
    for (let i = 0; i < data.length; i++) order[places.take(data[i]!)] = i
  }
}

/** Non-negative int64 numbers below 2^31 as int32 at even places, zeros between: without a BigInt each. */
export const lowWords = ({ buffer, byteOffset, length }: BigInt64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 2 * length)

/** The ids as int32; as everywhere in ONNX, -1 is the last row. */
function counted(ids: Int32Array | BigInt64Array, rows: number): Int32Array {
  let negative = false
  for (const id of ids) if (id < 0) negative = true
  if (ids instanceof Int32Array && !negative) return ids
  return Int32Array.from(ids as Iterable<number | bigint>, each => {
    const id = Number(each)
    return insideTable(id < 0 ? id + rows : id, rows, id)
  })
}

function insideTable(row: number, rows: number, id = row): number {
  if (row >= 0 && row < rows) return row
  throw new InterplayError('shape/mismatch', `id ${id} is outside the table's ${rows} rows`)
}

/** How often each id occurs, then where its next occurrence goes. */
class IdCounts {
  ids: Int32Array = new Int32Array(0)
  private cells: Int32Array = new Int32Array(0)
  private keys: Int32Array | undefined
  private mask = 0

  of(data: Int32Array, rows: number): this {
    const hashed = rows > sparse * data.length
    const size = hashed ? 2 ** Math.ceil(Math.log2(2 * data.length + 2)) : rows
    if (this.cells.length !== size || hashed !== (this.keys !== undefined)) {
      this.cells = new Int32Array(size)
      this.keys = hashed ? new Int32Array(size) : undefined
    } else {
      this.cells.fill(0)
    }
    this.keys?.fill(-1)
    this.mask = size - 1
    const met = new Int32Array(Math.min(data.length, rows))
    let found = 0
    for (let i = 0; i < data.length; i++) {
      const id = insideTable(data[i]!, rows)
      if (this.cells[this.cell(id)]!++ === 0 && hashed) met[found++] = id
    }
    if (!hashed) for (let id = 0; id < rows; id++) if (this.cells[id]! > 0) met[found++] = id
    // ascending, so that large tables are read and written in the order of their pages
    this.ids = hashed ? met.subarray(0, found).sort() : met.subarray(0, found)
    return this
  }

  has(id: number): boolean {
    const cell = this.place(id)
    return (!this.keys || this.keys[cell] === id) && this.cells[cell]! > 0
  }

  /** Reserves the places of an id from `next` on; returns the first place after them. */
  start(id: number, next: number): number {
    const cell = this.cell(id)
    const own = this.cells[cell]!
    this.cells[cell] = next
    return next + own
  }

  take(id: number): number {
    return this.cells[this.cell(id)]!++
  }

  /** The cell of an id, taken now if it had none. */
  private cell(id: number): number {
    const at = this.place(id)
    if (this.keys) this.keys[at] = id
    return at
  }

  /** Where an id is or would be; half of the cells at least are free. */
  private place(id: number): number {
    const { keys, mask } = this
    if (!keys) return id
    let at = (Math.imul(id, 0x9e3779b1) >>> 7) & mask
    while (keys[at] !== id && keys[at] !== -1) at = (at + 1) & mask
    return at
  }
}
