import type { EncodedTable } from '../../data/index.ts'
import type { Columns } from '../../lenses/index.ts'
import type { FieldSpec } from '../../nn/index.ts'

/** Rows from outside whose lists are held at once: far more than a server lets wait. */
const mostGiven = 4096

/** Encoded tables as columns, and columns as tables again; lists travel as the number of the row they are of. */
export class EncodedColumns {
  private readonly offsets: number[]
  private readonly lists: { field: string; length: number; rows: Int32Array[] }[] = []
  private readonly categorical: number[]
  private readonly numeric: number[]
  private own = 0
  private given = 0

  constructor(private readonly fields: readonly FieldSpec[]) {
    let offset = 0
    this.offsets = fields.map(({ type, size }) => (type === 'categorical' ? (offset += size) - size : 0))
    const members = (type: FieldSpec['type']) => [...fields.keys()].filter(f => fields[f]!.type === type)
    this.categorical = members('categorical')
    this.numeric = members('numeric')
  }

  /** The rows of a table of its own, all of them kept; before any is given from outside. */
  add(table: EncodedTable): Columns {
    const before = this.own
    this.own += table.rows
    for (let r = 0; r < table.rows; r++) this.keep(table, r, before + r)
    return this.columns(table, before)
  }

  /** A table of one row from outside. Its lists are forgotten once 4,096 further rows were given. */
  give(table: EncodedTable): Float64Array {
    const place = this.own + (this.given++ % mostGiven)
    this.keep(table, 0, place)
    return Float64Array.from(this.columns(table, place), column => column[0]!)
  }

  private keep({ sequences }: EncodedTable, row: number, place: number): void {
    for (const [s, { field, length, ids }] of sequences.entries()) {
      this.lists[s] ??= { field, length, rows: [] }
      this.lists[s].rows[place] = ids.subarray(row * length, (row + 1) * length)
    }
  }

  private columns(table: EncodedTable, before: number): Columns {
    const { rows } = table
    return this.fields.map(({ type }, f) => {
      if (type === 'sequence') return new Float64Array(rows).map((_, r) => before + r)
      const [block, place] = type === 'numeric' ? [table.numeric, this.numeric] : [table.categorical, this.categorical]
      const column = place.indexOf(f)
      return new Float64Array(rows).map((_, r) => block[r * place.length + column]! - this.offsets[f]!)
    })
  }

  /** The cells of one row. */
  cells(table: EncodedTable, row: number): number[] {
    return this.fields.map(({ type }, f) => {
      if (type === 'sequence') return 0
      const [block, place] = type === 'numeric' ? [table.numeric, this.numeric] : [table.categorical, this.categorical]
      return block[row * place.length + place.indexOf(f)]! - this.offsets[f]!
    })
  }

  table(columns: Columns) {
    const rows = columns[0]!.length
    const [categorical, numeric] = [this.categorical, this.numeric]
    const ids = new Int32Array(rows * categorical.length)
    categorical.forEach((f, k) => {
      for (let r = 0; r < rows; r++) ids[r * categorical.length + k] = columns[f]![r]! + this.offsets[f]!
    })
    const numbers = new Float32Array(rows * numeric.length)
    numeric.forEach((f, k) => {
      for (let r = 0; r < rows; r++) numbers[r * numeric.length + k] = columns[f]![r]!
    })
    const sequences = this.lists.map(({ field, length, rows: lists }) => {
      const own = columns[this.fields.findIndex(({ name }) => name === field)]!
      const cells = new Int32Array(rows * length)
      for (let r = 0; r < rows; r++) cells.set(lists[own[r]!]!, r * length)
      return { field, length, ids: cells }
    })
    return { rows, categorical: ids, numeric: numbers, sequences }
  }
}
