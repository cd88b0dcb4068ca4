import type { EncodedTable } from '../../data/table/encoded.ts'
import type { FieldSpec } from '../../nn/fields/spec.ts'
import { ask } from '../answer.ts'
import type { Cost } from '../predictor.ts'

/** A table model as a function: [rows] log-odds of a binary target, or values in the target's units. */
export type TablePredict = (table: EncodedTable) => Promise<Float32Array>

export interface StackOptions {
  /** Rows of one request. */
  batch: number
  name: string
  timeout?: number
  signal?: AbortSignal
  /** Told after each request. */
  onRequest?: (cost: Cost) => void
}

/** Where a field's cells lie: a column of the categorical or numeric block, or a sequence. */
export type Place = { kind: 'categorical' | 'numeric' | 'sequence'; column: number }

/** The place of each field, in the order of `fields`. */
export function placesOf(fields: readonly FieldSpec[]): Place[] {
  const seen = { categorical: 0, numeric: 0, sequence: 0 }
  return fields.map(field => ({ kind: field.type, column: seen[field.type]++ }))
}

/** Rows of a table by index, in that order. */
export function gather(table: EncodedTable, rows: Int32Array): EncodedTable {
  const take = <A extends Int32Array | Float32Array>(from: A, to: A) => {
    const width = table.rows ? from.length / table.rows : 0
    rows.forEach((row, r) => to.set(from.subarray(row * width, (row + 1) * width), r * width))
    return to
  }
  const like = (length: number) => (table.rows ? (length / table.rows) * rows.length : 0)
  return {
    rows: rows.length,
    categorical: take(table.categorical, new Int32Array(like(table.categorical.length))),
    numeric: take(table.numeric, new Float32Array(like(table.numeric.length))),
    sequences: table.sequences.map(({ field, length, ids }) => ({
      field,
      length,
      ids: take(ids, new Int32Array(rows.length * length)),
    })),
    targets: table.targets.map(target => take(target, new Float32Array(rows.length))),
    rowNumber: take(table.rowNumber, new Int32Array(rows.length)),
  }
}

/** Copies of rows `first` ... `first + count - 1` in which the `replaced` fields hold a donor row's cells. */
export interface Segment {
  first: number
  count: number
  replaced: { field: number; donor: (row: number) => number }[]
  /** Receives the answers at row - first + offset. */
  into: Float32Array
  offset: number
}

/**
 * Asks a table model about many small variations of the same rows in few large requests: segments are stacked into one
 * buffer, sent when it is full, and the answers written where each segment wants them. Call `flush` at the end.
 */
export class Stack {
  readonly cost: Cost = { calls: 0, predictions: 0, seconds: 0 }
  private readonly places: Place[]
  private readonly buffer: EncodedTable
  private readonly waiting: { into: Float32Array; offset: number; start: number; count: number }[] = []
  private used = 0

  constructor(
    private readonly predict: TablePredict,
    private readonly table: EncodedTable,
    fields: readonly FieldSpec[],
    private readonly options: StackOptions,
  ) {
    this.places = placesOf(fields)
    const width = (values: { length: number }) => (table.rows ? values.length / table.rows : 0)
    const { batch } = options
    this.buffer = {
      rows: batch,
      categorical: new Int32Array(batch * width(table.categorical)),
      numeric: new Float32Array(batch * width(table.numeric)),
      sequences: table.sequences.map(({ field, length }) => ({ field, length, ids: new Int32Array(batch * length) })),
      targets: [],
      rowNumber: new Int32Array(batch),
    }
  }

  async add(segment: Segment): Promise<void> {
    let done = 0
    while (done < segment.count) {
      const count = Math.min(segment.count - done, this.options.batch - this.used)
      this.copy(segment.first + done, count, segment.replaced)
      this.waiting.push({ into: segment.into, offset: segment.offset + done, start: this.used, count })
      this.used += count
      done += count
      if (this.used === this.options.batch) await this.flush()
    }
  }

  async flush(): Promise<void> {
    const rows = this.used
    if (rows === 0) return
    const began = performance.now()
    const { name, timeout, signal } = this.options
    const request = () => this.predict(this.view(rows))
    const answers = await ask(request, { name, rows, outputs: 1, timeout, signal })
    for (const { into, offset, start, count } of this.waiting) into.set(answers.subarray(start, start + count), offset)
    this.waiting.length = 0
    this.used = 0
    this.cost.calls++
    this.cost.predictions += rows
    this.cost.seconds += (performance.now() - began) / 1000
    this.options.onRequest?.(this.cost)
  }

  private view(rows: number): EncodedTable {
    const { buffer } = this
    if (rows === buffer.rows) return buffer
    const part = <A extends Int32Array | Float32Array>(values: A) =>
      values.subarray(0, (values.length / buffer.rows) * rows) as A
    const sequences = buffer.sequences.map(({ field, length, ids }) => ({ field, length, ids: part(ids) }))
    const { categorical, numeric, rowNumber } = buffer
    const parts = { categorical: part(categorical), numeric: part(numeric), rowNumber: part(rowNumber) }
    return { rows, ...parts, sequences, targets: [] }
  }

  private copy(first: number, count: number, replaced: Segment['replaced']): void {
    const { table, buffer, used } = this
    const block = <A extends Int32Array | Float32Array>(from: A, to: A) => {
      const width = to.length / buffer.rows
      to.set(from.subarray(first * width, (first + count) * width), used * width)
    }
    block(table.categorical, buffer.categorical)
    block(table.numeric, buffer.numeric)
    block(table.rowNumber, buffer.rowNumber)
    table.sequences.forEach(({ ids }, s) => block(ids, buffer.sequences[s]!.ids))
    for (const { field, donor } of replaced) {
      const { kind, column } = this.places[field]!
      if (kind === 'sequence') {
        const { ids, length } = table.sequences[column]!
        const to = buffer.sequences[column]!.ids
        for (let r = 0; r < count; r++) {
          const from = donor(first + r) * length
          to.set(ids.subarray(from, from + length), (used + r) * length)
        }
      } else {
        const from = table[kind]
        const to = buffer[kind]
        const width = to.length / buffer.rows
        for (let r = 0; r < count; r++) to[(used + r) * width + column] = from[donor(first + r) * width + column]!
      }
    }
  }
}
