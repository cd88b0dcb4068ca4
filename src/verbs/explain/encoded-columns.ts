import type { EncodedTable } from '../../data/index.ts'
import type { Columns } from '../../lenses/index.ts'
import type { FieldSpec } from '../../nn/index.ts'

/** Encoded tables as columns, and columns as tables again; lists travel as the number of the row they are of. */
export class EncodedColumns {
  private readonly offsets: number[]
  private readonly lists: { field: string; length: number; rows: Int32Array[] }[] = []
  private readonly categorical: number[]
  private readonly numeric: number[]

  constructor(private readonly fields: readonly FieldSpec[]) {
    let offset = 0
    this.offsets = fields.map(({ type, size }) => (type === 'categorical' ? (offset += size) - size : 0))
    const members = (type: FieldSpec['type']) => [...fields.keys()].filter(f => fields[f]!.type === type)
    this.categorical = members('categorical')
    this.numeric = members('numeric')
  }

  add(table: EncodedTable): Columns {
    const { rows } = table
    const before = this.lists[0]?.rows.length ?? 0
    for (const [s, { field, length, ids }] of table.sequences.entries()) {
      this.lists[s] ??= { field, length, rows: [] }
      for (let r = 0; r < rows; r++) this.lists[s].rows.push(ids.subarray(r * length, (r + 1) * length))
    }
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
