import { Random } from '../../random/index.ts'
import type { TableWorld, WorldOptions, WorldTable } from './world.ts'

export interface NoisyColumns extends WorldTable {
  /** Fields that tell of the target alone, strongest first, and those that tell nothing. */
  signals: readonly string[]
  noise: readonly string[]
  /** Two fields that tell nothing alone and much together. */
  pair: readonly [string, string]
}

const cardinalities = [2, 10, 100, 1000, 5000, 10_000] as const

/**
 * A fair binary target `y` among columns of few and many values: copies of it that are right in 75% and in 55% of rows, the
 * first of them hidden in the parity of 1,000 codes, noise of 2 to 10,000 values, an id, and the exclusive or of `a` and `b`,
 * which is right in 90% of rows.
 */
export const noisyColumns: TableWorld<NoisyColumns> = {
  name: 'noisy-columns',
  title: 'few columns that tell of the target among noise of many values',
  task: 'table',
  recipe: {
    target: ['y'],
    types: Object.fromEntries(cardinalities.map(count => [`noise${count}`, 'categorical'])),
  },
  make({ seed, size = 'full' }: WorldOptions): NoisyColumns {
    const rows = size === 'full' ? 20_000 : 4_000
    const random = new Random(seed, 'noisy-columns')
    const of = (value: (row: number) => number) => Array.from({ length: rows }, (_, row) => value(row))
    const y = of(() => random.integer(2))
    const right = (share: number) => (row: number) => (random.uniform() < share ? y[row]! : 1 - y[row]!)
    const a = of(() => random.integer(2))
    const columns = {
      strong: of(right(0.75)).map(text),
      hidden: of(row => 2 * random.integer(500) + right(0.75)(row)).map(text),
      weak: of(right(0.55)).map(text),
      a: a.map(text),
      b: of(row => a[row]! ^ right(0.9)(row)).map(text),
      ...Object.fromEntries(cardinalities.map(count => [`noise${count}`, of(() => random.integer(count)).map(text)])),
      id: of(row => row).map(row => `r${row}`),
      y,
    }
    return {
      columns,
      signals: ['strong', 'hidden', 'weak'],
      noise: [...cardinalities.map(count => `noise${count}`), 'id'],
      pair: ['a', 'b'],
    }
  },
}

const text = (value: number) => `v${value}`
