import { Random } from '../../random/index.ts'
import type { TableWorld, WorldOptions, WorldTable } from './world.ts'

/** What suits each pair that acts: a vector for each of its few crosses, or a product, since its many are seen too rarely. */
export interface PlantedMethods extends WorldTable {
  memorise: readonly [string, string]
  factorise: readonly [string, string]
  /** Log-odds of the target, by row. */
  logits: Float64Array
}

/** Some 100,000 of them train under the usual split of 70 to 10 to 20. */
const fullSize = 142_857

const small = 30
const rank = 3

/** Rows of the world as numbers. */
export interface DrawnMethods {
  /** Values of each field. */
  sizes: readonly number[]
  /** [rows, fields] values from 0. */
  values: Int32Array
  labels: Uint8Array
  logits: Float64Array
}

/**
 * Six fields of 30, 30, `large`, `large`, 30 and 30 values; two pairs act and nothing acts alone: z = 1.5 T[x0, x1] + 1.5 /
 * sqrt 3 <U[x2], W[x3]>, with T, U and W standard normal and U, W of rank 3, and y ~ Bernoulli(sigmoid z). A stream draws
 * rows of its own of the same truth.
 */
export function drawMethods(seed: number, rows: number, large = 120, stream = 'rows'): DrawnMethods {
  const truth = new Random(seed, 'planted-methods.truth')
  const normals = (count: number) => Float64Array.from({ length: count }, () => truth.normal())
  const [table, left, right] = [normals(small * small), normals(large * rank), normals(large * rank)]
  const sizes = [small, small, large, large, small, small]
  const random = new Random(seed, `planted-methods.${stream}`)
  const values = new Int32Array(rows * sizes.length)
  const labels = new Uint8Array(rows)
  const logits = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const x = sizes.map(size => random.integer(size))
    values.set(x, row * sizes.length)
    let product = 0
    for (let k = 0; k < rank; k++) product += left[x[2]! * rank + k]! * right[x[3]! * rank + k]!
    logits[row] = 1.5 * table[x[0]! * small + x[1]!]! + (1.5 / Math.sqrt(rank)) * product
    labels[row] = random.uniform() < 1 / (1 + Math.exp(-logits[row]!)) ? 1 : 0
  }
  return { sizes, values, labels, logits }
}

export const plantedMethods: TableWorld<PlantedMethods> = {
  name: 'planted-methods',
  title: 'a dense pair to memorise and a sparse one to factorise',
  task: 'table',
  recipe: {
    target: ['y'],
    types: Object.fromEntries(Array.from({ length: 6 }, (_, f) => [`x${f}`, 'categorical'])),
  },
  make({ seed, size = 'full' }: WorldOptions): PlantedMethods {
    const { sizes, values, labels, logits } = drawMethods(seed, size === 'full' ? fullSize : 3_000)
    const column = (f: number) => Array.from(labels, (_, row) => `v${values[row * sizes.length + f]!}`)
    return {
      columns: { ...Object.fromEntries(sizes.map((_, f) => [`x${f}`, column(f)])), y: Array.from(labels) },
      memorise: ['x0', 'x1'],
      factorise: ['x2', 'x3'],
      logits,
    }
  },
}
