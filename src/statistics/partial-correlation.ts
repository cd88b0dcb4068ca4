import { dense, inverse } from '../linear-algebra/index.ts'
import type { TestResult } from './g-test.ts'
import { normalTails } from './tails.ts'

/**
 * Fisher's z of the correlation of x and y given the conditions: exact where all are normal, blind to what is not linear.
 *
 * @throws InterplayError `linear-algebra/singular` where a column is a sum of others
 */
export function partialCorrelationTest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  given: readonly ArrayLike<number>[] = [],
): TestResult {
  const columns = [x, y, ...given].map(column => centred(column))
  const size = columns.length
  const covariance = dense(size, size)
  columns.forEach((a, i) => columns.forEach((b, j) => (covariance.data[i * size + j] = product(a, b))))
  const { data } = inverse(covariance)
  const correlation = -data[1]! / Math.sqrt(data[0]! * data[size + 1]!)
  const bounded = Math.min(1 - 1e-15, Math.max(-1 + 1e-15, correlation))
  const statistic = Math.sqrt(Math.max(1, x.length - given.length - 3)) * Math.atanh(bounded)
  return { statistic, p: normalTails(statistic) }
}

function centred(column: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(column)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const size = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1
  return values.map(value => (value - mean) / size)
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
