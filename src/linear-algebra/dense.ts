import { Matrix } from 'ml-matrix'
import { InterplayError } from '../errors/index.ts'

/** A small dense matrix on the host: float64, row-major. */
export interface Dense {
  rows: number
  columns: number
  data: Float64Array
}

/** A matrix of values in row-major order; zeros where left out. */
export function dense(rows: number, columns: number, values?: ArrayLike<number>): Dense {
  const data = values ? Float64Array.from(values) : new Float64Array(rows * columns)
  if (data.length !== rows * columns) {
    throw new InterplayError('shape/mismatch', `${data.length} values do not fill a matrix of ${rows} by ${columns}`)
  }
  return { rows, columns, data }
}

/** a b. */
export function multiply(a: Dense, b: Dense): Dense {
  if (a.columns !== b.rows) throw mismatch('multiply', a, b)
  const product = dense(a.rows, b.columns)
  for (let i = 0; i < a.rows; i++) {
    const row = product.data.subarray(i * b.columns, (i + 1) * b.columns)
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k]!
      for (let j = 0; j < b.columns; j++) row[j]! += factor * b.data[k * b.columns + j]!
    }
  }
  return product
}

/** The identity of order n. */
export function identity(n: number): Dense {
  const result = dense(n, n)
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1
  return result
}

/** a + scale b, elementwise. */
export function plus(a: Dense, b: Dense, scale = 1): Dense {
  if (a.rows !== b.rows || a.columns !== b.columns) throw mismatch('plus', a, b)
  return { rows: a.rows, columns: a.columns, data: a.data.map((value, i) => value + scale * b.data[i]!) }
}

/** The Kronecker product: block i, j is a_ij b. */
export function kronecker(a: Dense, b: Dense): Dense {
  const [rows, columns] = [a.rows * b.rows, a.columns * b.columns]
  const product = dense(rows, columns)
  for (let i = 0; i < rows; i++) {
    const [above, below] = [Math.floor(i / b.rows) * a.columns, (i % b.rows) * b.columns]
    for (let j = 0; j < columns; j++) {
      product.data[i * columns + j] = a.data[above + Math.floor(j / b.columns)]! * b.data[below + (j % b.columns)]!
    }
  }
  return product
}

/** (a + a^T) / 2: takes away what rounding did to a symmetric matrix. */
export function symmetrized(a: Dense): Dense {
  const half = transposed(a)
  return { ...half, data: half.data.map((value, i) => (value + a.data[i]!) / 2) }
}

/** The transpose, as a copy. */
export function transposed({ rows, columns, data }: Dense): Dense {
  const result = dense(columns, rows)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result.data[j * rows + i] = data[i * columns + j]!
  return result
}

export const mismatch = (operation: string, a: Dense, b: Dense): InterplayError =>
  new InterplayError('shape/mismatch', `${operation}: ${a.rows} by ${a.columns} does not fit ${b.rows} by ${b.columns}`)

/** Throws unless the matrix is square, finite, and not empty. */
export function expectSquare(operation: string, a: Dense): void {
  if (a.rows !== a.columns) {
    throw new InterplayError('shape/mismatch', `${operation}: takes a square matrix, got ${a.rows} by ${a.columns}`)
  }
  expectFinite(operation, a)
}

/** Throws for NaN and infinities, on which the decompositions would not end. */
export function expectFinite(operation: string, { rows, columns, data }: Dense): void {
  const place = data.findIndex(value => !Number.isFinite(value))
  if (place < 0 && data.length > 0) return
  const what = place < 0 ? `${rows} by ${columns}` : `${data[place]} in row ${Math.floor(place / columns)}`
  throw new InterplayError('linear-algebra/values', `${operation}: takes finite numbers, got ${what}`)
}

/** ml-matrix's form, a copy. */
export function toMatrix({ rows, columns, data }: Dense): Matrix {
  return Matrix.from1DArray(rows, columns, data as unknown as number[])
}

export const fromMatrix = (matrix: Matrix): Dense => dense(matrix.rows, matrix.columns, matrix.to1DArray())
