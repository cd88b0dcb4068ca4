import { Random } from '../../../random/index.ts'
import { regress, type Matern } from '../../../state-space/index.ts'
import { Coupling } from './coupling.ts'
import { curvesAt, ModeFunctions } from './functions.ts'
import { Inference } from './infer.ts'

/**
 * One mode of one function, its weight known to be 1: after a pass its posterior is that of Gaussian-process regression with
 * the noise that inference holds. Returns the largest difference of mean and variance, at measured places and others.
 */
export function regressionDifference(smoothness: Matern['smoothness']): number {
  const random = new Random(1, 'funbat.regression')
  const kernel: Matern = { smoothness, lengthScale: 0.3, variance: 1.7 }
  const at = Float64Array.from({ length: 40 }, () => random.uniform())
  const values = at.map(t => Math.sin(6 * t) + 0.1 * random.normal())
  const noise = 0.02
  const functions = new ModeFunctions(at, kernel, 1)
  const other = new ModeFunctions(new Float64Array(at.length), kernel, 1)
  other.means[0] = other.seconds[0] = 1
  const inference = new Inference(
    [functions, other],
    new Coupling('cp', [1, 1]),
    values,
    { shape: 1, rate: 1 },
    { precision: 1 / noise },
  )
  inference.updateMode(0, 0)
  const query = Float64Array.from([...at, -0.2, 0.123, 0.5, 0.987, 1.3])
  const exact = regress(kernel, { at, values, noise }, query)
  const { means, covariances } = curvesAt(functions, kernel, 1, query)
  return Math.max(
    ...query.map((_, i) => Math.abs(means[i]! - exact.mean[i]!)),
    ...query.map((_, i) => Math.abs(covariances[i]! - exact.variance[i]!)),
  )
}

/** How many times longer smoothing takes for twice as many distinct coordinates, the least of several runs each. */
export function doublingRatio(coordinates: number): number {
  const seconds = (count: number) => {
    const random = new Random(1, 'funbat.doubling')
    const functions = new ModeFunctions(
      Float64Array.from({ length: count }, () => random.uniform()),
      { smoothness: 1.5, lengthScale: 0.2, variance: 1 },
      2,
    )
    functions.precision.fill(1)
    for (let i = 0; i < count; i++) functions.precision[4 * i + 1] = functions.precision[4 * i + 2] = 0
    return Math.min(
      ...Array.from({ length: 7 }, () => {
        const started = performance.now()
        functions.smooth()
        return performance.now() - started
      }),
    )
  }
  seconds(coordinates)
  return seconds(2 * coordinates) / seconds(coordinates)
}
