import { symmetricEigen } from './decompose.ts'
import { dense, type Dense } from './dense.ts'

export interface PrincipalComponents {
  /** What rows are shifted and divided by before they are projected: [columns]. */
  center: Float64Array
  scale: Float64Array
  /** Of all directions, descending. */
  variances: Float64Array
  /** Orthonormal, one a column, the widest first: [columns, count]. */
  directions: Dense
}

/** A variance that is smaller, in parts of the squared mean, is what rounding leaves of a constant. */
const rounding = 1e-24

/**
 * The directions in which rows [n, columns] differ most, of their covariance, or of their correlation where `standardize`.
 *
 * @throws InterplayError `linear-algebra/values` where a row is not finite
 */
export function principalComponents(
  rows: ArrayLike<number>,
  columns: number,
  count: number,
  { standardize = false } = {},
): PrincipalComponents {
  const n = rows.length / columns
  const center = new Float64Array(columns)
  for (let i = 0; i < rows.length; i++) center[i % columns]! += rows[i]! / n
  const covariance = dense(columns, columns)
  const row = new Float64Array(columns)
  for (let from = 0; from < rows.length; from += columns) {
    for (let j = 0; j < columns; j++) row[j] = rows[from + j]! - center[j]!
    for (let j = 0; j < columns; j++)
      for (let k = 0; k < columns; k++) covariance.data[j * columns + k]! += (row[j]! * row[k]!) / n
  }
  const scale = center.map((mean, j) => {
    const variance = covariance.data[j * columns + j]!
    return standardize && variance > rounding * mean ** 2 ? Math.sqrt(variance) : 1
  })
  covariance.data.forEach((value, i) => {
    covariance.data[i] = value / (scale[Math.floor(i / columns)]! * scale[i % columns]!)
  })
  const { values, vectors } = symmetricEigen(covariance)
  const directions = dense(
    columns,
    count,
    Float64Array.from({ length: columns * count }, (_, i) => {
      const [j, k] = [Math.floor(i / count), i % count]
      return vectors.data[j * columns + columns - 1 - k]!
    }),
  )
  return { center, scale, variances: values.reverse(), directions }
}

/** Rows [n, columns] in the coordinates of the components: [n, count]. */
export function projected(
  rows: ArrayLike<number>,
  { center, scale, directions: { rows: columns, columns: count, data } }: PrincipalComponents,
): Float64Array {
  const result = new Float64Array((rows.length / columns) * count)
  for (let i = 0; i < rows.length; i++) {
    const [row, j] = [Math.floor(i / columns), i % columns]
    const value = (rows[i]! - center[j]!) / scale[j]!
    for (let k = 0; k < count; k++) result[row * count + k]! += value * data[j * count + k]!
  }
  return result
}
