import { addScaled, GrowingCholesky } from './cholesky.ts'

/** Coefficients, and what the solution of the normal equations is for each right-hand side: `inverse` times it. */
export interface Fit {
  coefficients: Float64Array
  inverse: Float64Array[]
}

/**
 * Weighted least squares on rows of zeros and ones, by the places of the ones in ascending order; with `sum`, among
 * coefficients that add up to it.
 */
export class NormalEquations {
  private readonly matrix: Float64Array[]
  private readonly right: Float64Array

  constructor(
    private readonly width: number,
    private readonly sum?: number,
  ) {
    this.matrix = Array.from({ length: width }, () => new Float64Array(width))
    this.right = new Float64Array(width)
  }

  add(ones: Int32Array, weight: number, target: number): void {
    for (let a = 0; a < ones.length; a++) {
      const row = this.matrix[ones[a]!]!
      for (let b = 0; b <= a; b++) row[ones[b]!]! += weight
      this.right[ones[a]!]! += weight * target
    }
  }

  /** Undefined where the rows leave a coefficient open. */
  solve(): Fit | undefined {
    const { matrix, width, sum } = this
    for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) matrix[j]![i] = matrix[i]![j]!
    const inverse = sum === undefined ? inverseOf(matrix) : inverseOfSum(matrix)
    if (!inverse) return undefined
    const right = this.right.slice()
    if (sum !== undefined) addScaled(right, matrix[width - 1]!, -sum)
    const coefficients = new Float64Array(width)
    inverse.forEach((row, k) => addScaled(coefficients, row, right[k]!))
    if (sum !== undefined) coefficients[width - 1]! += sum
    return { coefficients, inverse }
  }
}

function inverseOf(matrix: readonly Float64Array[]): Float64Array[] | undefined {
  const factor = new GrowingCholesky()
  return matrix.every((row, k) => factor.append(row, row[k]!)) ? factor.inverse() : undefined
}

/** As if the last coefficient were less the others': the inverse on coefficients that add up to 0. */
function inverseOfSum(matrix: readonly Float64Array[]): Float64Array[] | undefined {
  const last = matrix.length - 1
  const corner = matrix[last]![last]!
  const reduced = matrix
    .slice(0, last)
    .map((row, i) => row.subarray(0, last).map((value, j) => value - matrix[last]![i]! - matrix[last]![j]! + corner))
  const inner = inverseOf(reduced)
  if (!inner) return undefined
  const lastRow = new Float64Array(last + 1)
  const inverse = inner.map(row => {
    const own = new Float64Array(last + 1)
    own.set(row)
    own[last] = -row.reduce((total, value) => total + value, 0)
    addScaled(lastRow, own, -1)
    return own
  })
  return [...inverse, lastRow]
}
