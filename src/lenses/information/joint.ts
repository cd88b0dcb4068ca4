import { InterplayError } from '../../errors/index.ts'

/** A distribution of three variables: two sources and a label, or any of their orders. */
export interface Joint {
  shape: readonly [first: number, second: number, label: number]
  /** [first, second, label], row-major; adds up to 1. */
  probabilities: Float64Array
}

/** A distribution of two variables, [rows, columns]. */
export interface PairTable {
  rows: number
  columns: number
  probabilities: Float64Array
}

/**
 * Counts or weights of three variables, scaled to add up to 1.
 *
 * @throws InterplayError `shape/mismatch`, `data/not-finite`, `data/out-of-range`, `data/empty`
 */
export function jointOf(weights: ArrayLike<number>, shape: Joint['shape']): Joint {
  const cells = shape[0] * shape[1] * shape[2]
  if (weights.length !== cells)
    throw new InterplayError('shape/mismatch', `${weights.length} weights do not fill ${shape.join(' by ')} cells`)
  return { shape, probabilities: normalized(weights, cell => cellName(cell, shape)) }
}

/** As `jointOf`, of two variables. */
export function pairTable(weights: ArrayLike<number>, rows: number, columns: number): PairTable {
  if (weights.length !== rows * columns)
    throw new InterplayError('shape/mismatch', `${weights.length} weights do not fill ${rows} by ${columns} cells`)
  const name = (cell: number) => `cell [${Math.floor(cell / columns)}, ${cell % columns}]`
  return { rows, columns, probabilities: normalized(weights, name) }
}

function normalized(weights: ArrayLike<number>, nameOf: (cell: number) => string): Float64Array {
  let total = 0
  for (let cell = 0; cell < weights.length; cell++) {
    const weight = weights[cell]!
    if (!Number.isFinite(weight)) throw new InterplayError('data/not-finite', `${nameOf(cell)} is ${weight}`)
    if (weight < 0)
      throw new InterplayError('data/out-of-range', `${nameOf(cell)} is ${weight}`, { why: 'a probability is >= 0' })
    total += weight
  }
  if (!(total > 0)) throw new InterplayError('data/empty', 'every cell of the distribution is 0')
  return Float64Array.from(weights, weight => weight / total)
}

const cellName = (cell: number, [, second, label]: Joint['shape']) =>
  `cell [${Math.floor(cell / (second * label))}, ${Math.floor(cell / label) % second}, ${cell % label}]`

const axes = { first: 0, second: 1, label: 2 } as const
type Axis = keyof typeof axes

/** The distribution of some of the three variables, in the order named. */
export function marginal({ shape, probabilities }: Joint, ...kept: readonly Axis[]): Float64Array {
  const [, second, label] = shape
  const extents = kept.map(axis => shape[axes[axis]])
  const sums = new Float64Array(extents.reduce((product, extent) => product * extent, 1))
  probabilities.forEach((probability, cell) => {
    const place = [Math.floor(cell / (second * label)), Math.floor(cell / label) % second, cell % label]
    sums[kept.reduce((at, axis, i) => at * extents[i]! + place[axes[axis]]!, 0)]! += probability
  })
  return sums
}

/** The distribution of two of the three variables, the first named in rows. */
export function marginalPair(joint: Joint, row: Axis, column: Axis): PairTable {
  return {
    rows: joint.shape[axes[row]],
    columns: joint.shape[axes[column]],
    probabilities: marginal(joint, row, column),
  }
}

/** The same table with rows and columns exchanged. */
export function flipped({ rows, columns, probabilities }: PairTable): PairTable {
  const turned = new Float64Array(probabilities.length)
  probabilities.forEach((probability, i) => (turned[(i % columns) * rows + Math.floor(i / columns)] = probability))
  return { rows: columns, columns: rows, probabilities: turned }
}

/** Sums of the rows, then of the columns. */
export function sidesOf({ rows, columns, probabilities }: PairTable): [ofRow: Float64Array, ofColumn: Float64Array] {
  const sides: [Float64Array, Float64Array] = [new Float64Array(rows), new Float64Array(columns)]
  probabilities.forEach((probability, i) => {
    sides[0][Math.floor(i / columns)]! += probability
    sides[1][i % columns]! += probability
  })
  return sides
}
