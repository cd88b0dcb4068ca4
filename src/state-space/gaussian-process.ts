import { cholesky, dense, multiply, solveTriangular, transposed } from '../linear-algebra/index.ts'
import { maternCovariance, type Matern } from './matern.ts'

export interface Regression {
  mean: Float64Array
  /** Of the function, without the noise of a measurement. */
  variance: Float64Array
  /** Logarithm of the density of the measurements. */
  logEvidence: number
}

/**
 * Gaussian-process regression by the definition, cubic in the number of measurements: what faster ways are held to.
 *
 * @throws InterplayError `linear-algebra/not-positive-definite` for a noise of 0 and places that repeat
 */
export function regress(
  kernel: Matern,
  { at, values, noise }: { at: ArrayLike<number>; values: ArrayLike<number>; noise: number },
  query: ArrayLike<number>,
): Regression {
  const n = at.length
  const between = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    dense(
      a.length,
      b.length,
      Array.from({ length: a.length * b.length }, (_, i) =>
        maternCovariance(kernel, a[Math.floor(i / b.length)]! - b[i % b.length]!),
      ),
    )
  const gram = between(at, at)
  for (let i = 0; i < n; i++) gram.data[i * n + i]! += noise
  const lower = cholesky(gram)
  const whitened = solveTriangular(lower, dense(n, 1, values))
  const cross = solveTriangular(lower, between(at, query))
  const variance = new Float64Array(query.length).fill(kernel.variance)
  cross.data.forEach((value, i) => (variance[i % query.length]! -= value * value))
  let logEvidence = (-n / 2) * Math.log(2 * Math.PI)
  for (let i = 0; i < n; i++) logEvidence -= whitened.data[i]! ** 2 / 2 + Math.log(lower.data[i * n + i]!)
  return { mean: multiply(transposed(cross), whitened).data, variance, logEvidence }
}
