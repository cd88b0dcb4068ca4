import type { EncodedTable } from '../../data/table/encoded.ts'
import { InterplayError } from '../../errors/index.ts'
import type { FieldSpec } from '../../nn/fields/spec.ts'
import { placesOf } from './stack.ts'

/** One step of a field's axis. */
export type Level =
  /** A numeric bin, low < value <= high (the first includes low); `at` is its median. Scaled units. */
  | { kind: 'bin'; low: number; high: number; at: number; rows: Int32Array }
  /** A categorical value by local id; 0 is a missing cell, the field's last id an unknown value. */
  | { kind: 'value'; id: number; rows: Int32Array }
  /** The rarer values together. */
  | { kind: 'other'; rows: Int32Array }

export interface LevelOptions {
  /** Quantile bins of a numeric field. */
  bins: number
  /** Values of a categorical field that get a level of their own. */
  values: number
}

/**
 * The levels of a field's axis with the rows of the table in each: quantile bins, or the most frequent values and the
 * rest. Levels without rows do not occur, so a field may have fewer than asked for.
 *
 * @throws InterplayError `lens/needs` for a sequence field
 */
export function levelsOf(
  table: EncodedTable,
  fields: readonly FieldSpec[],
  index: number,
  { bins, values }: LevelOptions,
): Level[] {
  const field = fields[index]!
  if (field.type === 'sequence')
    throw new InterplayError(
      'lens/needs',
      `a pair effect needs categorical or numeric fields, '${field.name}' is a sequence`,
    )
  const { column } = placesOf(fields)[index]!
  const block = table[field.type]
  const width = block.length / table.rows
  const cell = (row: number) => block[row * width + column]!
  if (field.type === 'numeric') return quantileBins(table.rows, cell, bins)
  const offset = fields.slice(0, index).reduce((sum, { type, size }) => sum + (type === 'categorical' ? size : 0), 0)
  return frequentValues(table.rows, row => cell(row) - offset, values)
}

function quantileBins(rows: number, cell: (row: number) => number, bins: number): Level[] {
  const order = Int32Array.from({ length: rows }, (_, r) => r).sort((a, b) => cell(a) - cell(b) || a - b)
  const levels: Level[] = []
  let start = 0
  let low = rows ? cell(order[0]!) : 0
  for (let k = 1; k <= bins && start < rows; k++) {
    const high = cell(order[Math.max(start, Math.ceil((k * rows) / bins) - 1)]!)
    let end = start
    while (end < rows && cell(order[end]!) <= high) end++
    if (end === start) continue
    const at = cell(order[start + ((end - start - 1) >> 1)]!)
    levels.push({ kind: 'bin', low, high, at, rows: order.slice(start, end) })
    start = end
    low = high
  }
  return levels
}

function frequentValues(rows: number, id: (row: number) => number, most: number): Level[] {
  const byId = new Map<number, number[]>()
  for (let r = 0; r < rows; r++) {
    const known = byId.get(id(r))
    if (known) known.push(r)
    else byId.set(id(r), [r])
  }
  const ranked = [...byId].sort((a, b) => b[1].length - a[1].length || a[0] - b[0])
  const own = ranked.slice(0, ranked.length === most + 1 ? most + 1 : most)
  const levels: Level[] = own.map(([value, at]) => ({ kind: 'value', id: value, rows: Int32Array.from(at) }))
  const rest = ranked.slice(own.length).flatMap(([, at]) => at)
  if (rest.length > 0) levels.push({ kind: 'other', rows: Int32Array.from(rest).sort() })
  return levels
}
