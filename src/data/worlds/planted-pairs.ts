import { Random } from '../../random/index.ts'
import type { TableWorld, WorldOptions, WorldTable } from './world.ts'

export interface PlantedPairs extends WorldTable {
  /** The pairs that interact; no field has an effect of its own. */
  pairs: readonly (readonly [string, string])[]
  /** Log-odds of the target, by row. */
  logits: Float64Array
}

const fields = 8
const values = 10

/** Some 60,000 of them train under the usual split of 70 to 10 to 20. */
const fullSize = 85_714

/**
 * Eight fields of ten values; two pairs act together and nothing acts alone: z = 2 T[x0, x1] + 2 T'[x2, x3], with T and T'
 * standard normal tables centred by row and by column, and y ~ Bernoulli(sigmoid z).
 */
export const plantedPairs: TableWorld<PlantedPairs> = {
  name: 'planted-pairs',
  title: 'two pairs of fields that act together, none alone',
  task: 'table',
  recipe: {
    target: ['y'],
    types: Object.fromEntries(Array.from({ length: fields }, (_, f) => [`x${f}`, 'categorical'])),
  },
  make({ seed, size = 'full' }: WorldOptions): PlantedPairs {
    const rows = size === 'full' ? fullSize : 2_000
    const tables = [0, 1].map(t => doublyCentred(new Random(seed, 'planted-pairs.table', t)))
    const random = new Random(seed, 'planted-pairs.rows')
    const columns = Array.from({ length: fields }, () => new Array<string>(rows))
    const logits = new Float64Array(rows)
    const y = new Array<number>(rows)
    for (let row = 0; row < rows; row++) {
      const x = columns.map(column => {
        const value = random.integer(values)
        column[row] = `v${value}`
        return value
      })
      logits[row] = 2 * tables[0]![x[0]! * values + x[1]!]! + 2 * tables[1]![x[2]! * values + x[3]!]!
      y[row] = random.uniform() < 1 / (1 + Math.exp(-logits[row]!)) ? 1 : 0
    }
    return {
      columns: { ...Object.fromEntries(columns.map((column, f) => [`x${f}`, column])), y },
      pairs: [
        ['x0', 'x1'],
        ['x2', 'x3'],
      ],
      logits,
    }
  },
}

/** A standard normal table [values, values] less the means of its rows and columns. */
function doublyCentred(random: Random): Float64Array {
  const table = Float64Array.from({ length: values * values }, () => random.normal())
  const centre = (start: (line: number) => number, step: number) => {
    for (let line = 0; line < values; line++) {
      let mean = 0
      for (let k = 0; k < values; k++) mean += table[start(line) + k * step]! / values
      for (let k = 0; k < values; k++) table[start(line) + k * step]! -= mean
    }
  }
  centre(row => row * values, 1)
  centre(column => column, values)
  return table
}
