import type { EncodedTable } from '../../data/table/encoded.ts'
import type { FieldSpec, TableSpec } from '../../nn/fields/spec.ts'
import { Random } from '../../random/index.ts'
import type { TablePredict } from './stack.ts'

/** A table of standard normal numeric fields x1, x2, ... and a target computed by `label`. */
export function normalTable(
  rows: number,
  columns: number,
  kind: 'binary' | 'regression',
  label: (x: Float32Array, random: Random) => number,
  seed = 1,
): { table: EncodedTable; spec: TableSpec } {
  const random = new Random(seed, 'normal table')
  const numeric = new Float32Array(rows * columns).map(() => random.normal())
  const values = new Float32Array(rows)
  for (let r = 0; r < rows; r++) values[r] = label(numeric.subarray(r * columns, (r + 1) * columns), random)
  const fields = Array.from({ length: columns }, (_, k): FieldSpec => ({ name: `x${k + 1}`, type: 'numeric', size: 0 }))
  const target =
    kind === 'binary'
      ? { name: 'y', kind, classes: ['no', 'yes'] as [string, string] }
      : { name: 'y', kind, mean: 0, deviation: 1 }
  return {
    table: {
      rows,
      categorical: new Int32Array(0),
      numeric,
      sequences: [],
      targets: [values],
      rowNumber: new Int32Array(rows).map((_, r) => r + 1),
    },
    spec: { fields, targets: [target], rows },
  }
}

/** A function of the numeric cells of a row as a table model. */
export function numericModel(score: (x: Float32Array) => number): TablePredict {
  return async table => {
    const width = table.numeric.length / table.rows
    return new Float32Array(table.rows).map((_, r) => score(table.numeric.subarray(r * width, (r + 1) * width)))
  }
}

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
