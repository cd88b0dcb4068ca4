import type { TwoViews } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'

/** What makes the label: what both modalities share, what one has for itself, or the product of two signs. */
export interface Recipe {
  shared: number
  first: number
  second: number
  product: number
}

export const kinds = {
  redundancy: { shared: 1, first: 0, second: 0, product: 0 },
  first: { shared: 0, first: 1, second: 0, product: 0 },
  second: { shared: 0, first: 0, second: 1, product: 0 },
  synergy: { shared: 0, first: 0, second: 0, product: 1 },
} as const satisfies Record<string, Recipe>

/** Rows of two modalities, each [rows, width]. */
export interface Mixed {
  rows: number
  first: Float32Array
  second: Float32Array
  labels: Int32Array
}

const [latent, seen] = [5, 32]
/** Numbers of a modality. */
export const width = 2 * seen
const variance = 1.5
const dropped = 0.2

/**
 * The generator of the paper: hidden z1, z2 and zc ~ N(0, 1.5 I) of 5 numbers; modality i is [zi Ti, zc Tc] with uniform
 * matrices of 5 by 32. The label is the upper half of a score: the means of the hidden numbers, a fifth of them dropped, and
 * the product of the signs of z1's and z2's first, weighed by the recipe.
 */
export function mixedRows(recipe: Recipe, rows: number, seed: number): Mixed {
  const matrices = new Random(seed, 'modalities.matrices')
  const [t1, t2, tc] = [0, 1, 2].map(() => Float64Array.from({ length: latent * seen }, () => matrices.uniform())) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const random = new Random(seed, 'modalities.rows')
  const [first, second] = [new Float32Array(rows * width), new Float32Array(rows * width)]
  const scores = new Float64Array(rows)
  const mean = (z: Float64Array) => z.reduce((sum, value) => sum + (random.uniform() < dropped ? 0 : value), 0) / latent
  for (let row = 0; row < rows; row++) {
    const [z1, z2, zc] = [0, 1, 2].map(() =>
      Float64Array.from({ length: latent }, () => Math.sqrt(variance) * random.normal()),
    ) as [Float64Array, Float64Array, Float64Array]
    first.set([...times(z1, t1), ...times(zc, tc)], row * width)
    second.set([...times(z2, t2), ...times(zc, tc)], row * width)
    const product = Math.sign(z1[0]!) * Math.sign(z2[0]!)
    scores[row] =
      recipe.shared * mean(zc) + recipe.first * mean(z1) + recipe.second * mean(z2) + recipe.product * product
  }
  return { rows, first, second, labels: upperHalf(scores) }
}

/** 1 from the median on; where many are the median, those above it alone if that is nearer to a half. */
function upperHalf(scores: Float64Array): Int32Array {
  const middle = Float64Array.from(scores).sort()[scores.length >> 1]!
  const from = Int32Array.from(scores, score => Number(score >= middle))
  const above = Int32Array.from(scores, score => Number(score > middle))
  const off = (labels: Int32Array) => Math.abs(labels.reduce((sum, label) => sum + label, 0) - scores.length / 2)
  return off(above) < off(from) ? above : from
}

function times(z: Float64Array, matrix: Float64Array): Float64Array {
  const product = new Float64Array(seen)
  z.forEach((value, i) => {
    for (let j = 0; j < seen; j++) product[j]! += value * matrix[i * seen + j]!
  })
  return product
}

export const classes = ['lower', 'upper'] as const

/** Vectors of two modalities, of any width, as a table's reader gives them. */
export function viewsOf(first: ArrayLike<number>, second: ArrayLike<number>, labels: Int32Array): TwoViews {
  const rows = labels.length
  const view = (name: string, values: ArrayLike<number>) =>
    ({ name, kind: 'vectors', width: values.length / rows, values: Float64Array.from(values) }) as const
  return {
    name: 'mixed',
    rows,
    views: [view('first', first), view('second', second)],
    labels: { name: 'y', classes, values: labels },
  }
}
