/** Sum of a[k] b[k] for k below `length`; four sums side by side keep the processor's pipeline full. */
export function dot(a: Float64Array, b: Float64Array, length = a.length): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  const whole = length - (length & 3)
  let k = 0
  for (; k < whole; k += 4) {
    s0 += a[k]! * b[k]!
    s1 += a[k + 1]! * b[k + 1]!
    s2 += a[k + 2]! * b[k + 2]!
    s3 += a[k + 3]! * b[k + 3]!
  }
  for (; k < length; k++) s0 += a[k]! * b[k]!
  return s0 + s1 + (s2 + s3)
}

/**
 * Cholesky factor of a symmetric positive definite matrix that grows by rows, so that a least-squares fit can take in
 * further columns for O(columns^2) each.
 */
export class GrowingCholesky {
  private readonly factor: Float64Array[] = []

  get size(): number {
    return this.factor.length
  }

  /**
   * Appends a row of the lower triangle, given without its diagonal; returns false, changing nothing, where it depends on
   * the rows before.
   */
  append(row: Float64Array, diagonal: number): boolean {
    const { factor } = this
    const own = new Float64Array(factor.length + 1)
    for (let j = 0; j < factor.length; j++) {
      const other = factor[j]!
      own[j] = (row[j]! - dot(own, other, j)) / other[j]!
    }
    const left = diagonal - dot(own, own, factor.length)
    if (!(left > 1e-10 * diagonal)) return false
    own[factor.length] = Math.sqrt(left)
    factor.push(own)
    return true
  }

  solve(right: ArrayLike<number>): Float64Array {
    const { factor } = this
    const size = factor.length
    const solution = new Float64Array(size)
    for (let i = 0; i < size; i++) solution[i] = (right[i]! - dot(factor[i]!, solution, i)) / factor[i]![i]!
    for (let i = size - 1; i >= 0; i--) {
      solution[i]! /= factor[i]![i]!
      for (let j = 0; j < i; j++) solution[j]! -= factor[i]![j]! * solution[i]!
    }
    return solution
  }

  /** Rows of the inverse of the matrix. */
  inverse(): Float64Array[] {
    const { factor } = this
    const size = factor.length
    const lower = factor.map(() => new Float64Array(size))
    const inverse = factor.map(() => new Float64Array(size))
    for (let i = 0; i < size; i++) {
      const [row, own] = [factor[i]!, lower[i]!]
      own[i] = 1
      for (let k = 0; k < i; k++) addScaled(own, lower[k]!, -row[k]!, k + 1)
      for (let j = 0; j <= i; j++) own[j]! /= row[i]!
      for (let k = 0; k <= i; k++) addScaled(inverse[k]!, own, own[k]!, k + 1)
    }
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) inverse[j]![i] = inverse[i]![j]!
    return inverse
  }
}

/** Adds `scale` times the first elements of a vector. */
export function addScaled(to: Float64Array, vector: Float64Array, scale: number, length = to.length): void {
  for (let k = 0; k < length; k++) to[k]! += scale * vector[k]!
}
