import { smoothTensor, type SmoothTensor } from '../../../data/index.ts'
import { dense, principalCosines } from '../../../linear-algebra/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { fit } from './fitted.ts'
import { options as schema, type FunbatOptions } from './options.ts'
import { binnedTucker } from './tucker-als.ts'

export interface Trial {
  /** Root mean square error on test values without noise, over their deviation. */
  error: number
  /** Deviation of the noise that was found, over the true one. */
  noise: number
  /** Share of noisy test values within their 95% bands. */
  covered: number
  /** The least principal cosine of learned and true functions over the modes. */
  cosine: number
}

/** Fits the world of a seed and measures it on its test entries. */
export async function trial(seed: number, set: Partial<FunbatOptions>, context: RunContext): Promise<Trial> {
  const data = smoothTensor.make({ seed })
  const fitted = await fit(data, { ...schema.parse({}), ...set }, { ...context, seed })
  const { test } = data.splits!
  const { records } = await fitted.predict(data, context)
  const deviation = Math.sqrt(varianceOf(Float64Array.from(data.splits!.train, row => data.values!.data[row]!)))
  return {
    error: cleanError(data, test, row => records[row]!.value as number),
    noise: deviation / Math.sqrt(fitted.posterior.precision) / Math.sqrt(data.noise),
    covered: fitted.metrics!.test!.covered!,
    cosine: Math.min(
      ...data.functions.map((functions, mode) => {
        const { positions } = fitted.posterior.modes[mode]!
        const learned = fitted.curves(data.modes[mode]!.name, positions)
        const truth = Float64Array.from(Array.from(positions, functions).flat())
        const matrix = (values: Float64Array) => dense(positions.length, values.length / positions.length, values)
        return Math.min(...principalCosines(matrix(learned.means), matrix(truth)))
      }),
    ),
  }
}

/** The error of ten bins a mode and alternating least squares, of the best of three starts by training error. */
export function binnedError(seed: number): number {
  const data = smoothTensor.make({ seed })
  const { train, test } = data.splits!
  const positions = (rows: Int32Array) =>
    data.modes.map((_, k) => Float64Array.from(rows, row => data.coordinates[3 * row + k]!))
  const values = Float64Array.from(train, row => data.values!.data[row]!)
  const starts = [1, 2, 3].map(start => {
    const answers = binnedTucker(
      { positions: positions(train), values },
      { bins: 10, ranks: [2, 2, 2], sweeps: 30, ridge: 1e-3, seed: start },
    )
    const residual = answers(positions(train)).reduce((sum, value, i) => sum + (value - values[i]!) ** 2, 0)
    return { answers, residual }
  })
  const best = starts.reduce((a, b) => (b.residual < a.residual ? b : a))
  const predicted = best.answers(positions(test))
  const placed = new Map(Array.from(test, (row, i) => [row, predicted[i]!]))
  return cleanError(data, test, row => placed.get(row)!)
}

function cleanError({ clean }: SmoothTensor, rows: Int32Array, predicted: (row: number) => number): number {
  const squared = rows.reduce((sum, row) => sum + (predicted(row) - clean[row]!) ** 2, 0) / rows.length
  return Math.sqrt(squared / varianceOf(Float64Array.from(rows, row => clean[row]!)))
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}
