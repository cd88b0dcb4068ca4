import type { EncodedTable } from '../../../data/index.ts'
import type { Tensor } from '../../../engine/index.ts'
import {
  MultilayerPerceptron,
  TableModel,
  type Activation,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'

/** A network of numbers as they are. */
export class Plain extends TableModel {
  readonly mlp: MultilayerPerceptron

  constructor(inputs: number, hidden: readonly number[], activation: Activation = 'relu') {
    super()
    this.mlp = new MultilayerPerceptron(inputs, hidden, { outputs: 1, activation })
  }

  forward({ numeric }: TableBatch, mode: Mode): Tensor {
    return this.mlp.forward(numeric!, mode)
  }
}

export const specOf = (inputs: number, kind: 'binary' | 'regression', rows: number): TableSpec => ({
  fields: Array.from({ length: inputs }, (_, f) => ({ name: `x${f}`, type: 'numeric', size: 0 })),
  targets: [
    kind === 'binary' ? { name: 'y', kind, classes: ['no', 'yes'] } : { name: 'y', kind, mean: 0, deviation: 1 },
  ],
  rows,
})

/** Rows of numbers with labels. */
function tableOf(
  inputs: number,
  rows: number,
  draw: (row: number) => { x: ArrayLike<number>; label: number },
): EncodedTable {
  const numeric = new Float32Array(rows * inputs)
  const labels = new Float32Array(rows)
  for (let r = 0; r < rows; r++) {
    const { x, label } = draw(r)
    numeric.set(x, r * inputs)
    labels[r] = label
  }
  return {
    rows,
    categorical: new Int32Array(),
    numeric,
    sequences: [],
    targets: [labels],
    rowNumber: Int32Array.from({ length: rows }, (_, r) => r + 1),
  }
}

/** y = sin(2 x1) + x2 x3 + 0.5 x4 + noise, of eight normal columns. */
export function curvedRows(rows: number, seed: number): EncodedTable {
  const random = new Random(seed, 'influence.curved')
  return tableOf(8, rows, () => {
    const x = new Float64Array(8).map(() => random.normal())
    return { x, label: Math.sin(2 * x[0]!) + x[1]! * x[2]! + 0.5 * x[3]! + 0.3 * random.normal() }
  })
}

/** Noisy copies of ten patterns of 64 dots; the label is whether the pattern is one of the last five, a tenth of them wrong. */
export function flippedRows(rows: number, seed: number): { table: EncodedTable; flipped: ReadonlySet<number> } {
  const patterns = new Random(seed, 'influence.patterns')
  const dots = Array.from({ length: 10 }, () => Float64Array.from({ length: 64 }, () => patterns.integer(2)))
  const random = new Random(seed, 'influence.flipped')
  const flipped = new Set(random.permutation(rows).subarray(0, Math.round(rows / 10)))
  const table = tableOf(64, rows, row => {
    const pattern = random.integer(10)
    const x = dots[pattern]!.map(dot => dot + 0.4 * random.normal())
    return { x, label: Number(pattern >= 5 !== flipped.has(row)) }
  })
  return { table, flipped }
}
