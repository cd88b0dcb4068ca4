import { Random } from '../../../random/index.ts'

/** Columns of which few tell of a binary target, by rows in the order of time. */
export interface Needles {
  /** Text by column, without the target. */
  columns: Readonly<Record<string, readonly string[]>>
  y: readonly number[]
  /** Columns that tell alone. */
  alone: readonly string[]
  /** Columns that tell only together. */
  together: readonly (readonly [string, string])[]
  /** A column of a number a row, drawn. */
  id: string
}

const cardinalities = [2, 4, 10, 30, 100, 300]
/** Every sixth column has as many values as it. */
const [alone, together] = [
  [2, 38, 74, 110, 146],
  [
    [31, 103],
    [67, 139],
  ],
] as const

const name = (column: number) => `x${String(column).padStart(3, '0')}`

/**
 * 200 columns of 2 to 300 values and an id. The log-odds are the effects, of deviation 0.5, of the values of five columns of
 * ten, and 0.7 up or down by whether the codes of a pair of columns of four add up to an even number, of two pairs.
 */
export function needles(seed: number, rows = 20_000): Needles {
  const random = new Random(seed, 'outrank.needles')
  const effects = alone.map(() => Array.from({ length: 10 }, () => 0.5 * random.normal()))
  const codes = Array.from({ length: 200 }, (_, c) =>
    Array.from({ length: rows }, () => random.integer(cardinalities[c % cardinalities.length]!)),
  )
  const y = Array.from({ length: rows }, (_, row) => {
    const own = alone.reduce((sum, column, i) => sum + effects[i]![codes[column]![row]!]!, 0)
    const joint = together.reduce(
      (sum, [a, b]) => sum + ((codes[a]![row]! + codes[b]![row]!) % 2 === 0 ? 0.7 : -0.7),
      0,
    )
    return Number(random.uniform() < 1 / (1 + Math.exp(-own - joint)))
  })
  const columns = Object.fromEntries(codes.map((values, c) => [name(c), values.map(value => `v${value}`)]))
  return {
    columns: { ...columns, id: Array.from({ length: rows }, () => `n${random.integer(1e9)}`) },
    y,
    alone: alone.map(name),
    together: together.map(([a, b]) => [name(a), name(b)] as const),
    id: 'id',
  }
}
