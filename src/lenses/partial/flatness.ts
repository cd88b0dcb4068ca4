import { Random } from '../../random/index.ts'
import { rowsIn, takeRows } from '../columns.ts'
import type { Columns, Predictor } from '../predictor.ts'
import { commonest, quantiles } from './curves.ts'

export interface FlatnessOptions {
  /** Values of the other field that are held. */
  grid?: number
  /** Points of the field whose curve is drawn. */
  points?: number
  /** Rows each point is averaged over. */
  rows?: number
  output?: number
  seed?: number
  signal?: AbortSignal
}

/**
 * How much the flatness of one field's partial dependence goes with the other field (Greenwell, Boehmke and McCarthy, 2018, as
 * TalkToModel asks it): for each value held of `second`, the flatness of `first` - the sample standard deviation of its curve, a
 * quarter of the range where it is categorical - and of these flatnesses the standard deviation; the mean of both directions.
 * 0 where fields act separately, in units of the answers.
 */
export async function partialDependenceFlatness(
  predictor: Predictor,
  columns: Columns,
  [first, second]: readonly [number, number],
  options: FlatnessOptions = {},
): Promise<{ value: number; predictions: number }> {
  const one = await oneWay(predictor, columns, first, second, options)
  const other = await oneWay(predictor, columns, second, first, options)
  return { value: (one.value + other.value) / 2, predictions: one.predictions + other.predictions }
}

async function oneWay(
  predictor: Predictor,
  columns: Columns,
  curved: number,
  held: number,
  { grid = 40, points = 20, rows = 50, output = 0, seed = 1, signal }: FlatnessOptions,
): Promise<{ value: number; predictions: number }> {
  const axis = (field: number, most: number) =>
    predictor.fields[field]!.type === 'numeric' ? quantiles(columns[field]!, most) : commonest(columns[field]!, most)
  const sample = takeRows(columns, new Random(seed, 'flatness').permutation(rowsIn(columns)).subarray(0, rows))
  const [at, values] = [axis(curved, points), axis(held, grid)]
  const count = rowsIn(sample)
  const outputs = predictor.output.names.length
  const flatness: number[] = []
  for (const value of values) {
    const asked = sample.map((column, f) => {
      const filled = new Float64Array(at.length * count)
      at.forEach((point, p) => {
        const [from, to] = [p * count, (p + 1) * count]
        if (f === curved) filled.fill(point, from, to)
        else if (f === held) filled.fill(value, from, to)
        else filled.set(column, from)
      })
      return filled
    })
    const answers = await predictor.predict(asked, signal)
    const curve = Array.from(at, (_, p) => {
      let sum = 0
      for (let r = 0; r < count; r++) sum += answers[(p * count + r) * outputs + output]!
      return sum / count
    })
    const numeric = predictor.fields[curved]!.type === 'numeric'
    flatness.push(numeric ? deviation(curve) : (Math.max(...curve) - Math.min(...curve)) / 4)
  }
  return { value: deviation(flatness), predictions: values.length * at.length * count }
}

function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}
