import { LuDecomposition, QrDecomposition } from 'ml-matrix'
import { InterplayError } from '../errors/index.ts'
import { expectSymmetric } from './decompose.ts'
import {
  dense,
  expectFinite,
  expectSquare,
  fromMatrix,
  identity,
  mismatch,
  toMatrix,
  transposed,
  type Dense,
} from './dense.ts'

/**
 * The lower triangular L with L L^T = a, for a symmetric positive definite matrix.
 *
 * @throws InterplayError `linear-algebra/not-positive-definite`; `linear-algebra/values`, `shape/mismatch` as
 * `symmetricEigen`.
 */
export function cholesky(a: Dense): Dense {
  expectSquare('cholesky', a)
  expectSymmetric('cholesky', a)
  const n = a.rows
  const lower = dense(n, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a.data[i * n + j]!
      for (let k = 0; k < j; k++) rest -= lower.data[i * n + k]! * lower.data[j * n + k]!
      if (i === j && !(rest > 0)) throw notPositive()
      lower.data[i * n + j] = i === j ? Math.sqrt(rest) : rest / lower.data[j * n + j]!
    }
  }
  return lower
}

const notPositive = (): InterplayError =>
  new InterplayError('linear-algebra/not-positive-definite', 'cholesky: the matrix is not positive definite', {
    try: 'add a small multiple of the identity',
  })

/**
 * x with a x = b, where `a` is triangular: only its lower (or `upper`) triangle is read.
 *
 * @throws InterplayError `linear-algebra/singular` for a zero on the diagonal.
 */
export function solveTriangular(a: Dense, b: Dense, { upper = false } = {}): Dense {
  expectSquare('solveTriangular', a)
  if (a.rows !== b.rows) throw mismatch('solveTriangular', a, b)
  const [n, width] = [a.rows, b.columns]
  const x = dense(n, width, b.data)
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step
    const pivot = a.data[i * n + i]!
    if (pivot === 0) throw singular('solveTriangular', `element ${i} of the diagonal is 0`)
    const row = x.data.subarray(i * width, (i + 1) * width)
    for (let k = upper ? i + 1 : 0; k < (upper ? n : i); k++) {
      const factor = a.data[i * n + k]!
      for (let j = 0; j < width; j++) row[j]! -= factor * x.data[k * width + j]!
    }
    for (let j = 0; j < width; j++) row[j]! /= pivot
  }
  return x
}

/**
 * x with a x = b, `a` symmetric positive definite, by its Cholesky factor.
 *
 * @throws InterplayError as `cholesky`.
 */
export function solvePositive(a: Dense, b: Dense): Dense {
  const lower = cholesky(a)
  return solveTriangular(transposed(lower), solveTriangular(lower, b), { upper: true })
}

/**
 * x with a x = b, `a` square, by LU with pivoting.
 *
 * @throws InterplayError `linear-algebra/singular`.
 */
export function solve(a: Dense, b: Dense): Dense {
  expectSquare('solve', a)
  if (a.rows !== b.rows) throw mismatch('solve', a, b)
  const decomposition = new LuDecomposition(toMatrix(a))
  if (decomposition.isSingular()) throw singular('solve', 'a pivot is 0')
  return fromMatrix(decomposition.solve(toMatrix(b)))
}

/** a^-1. */
export function inverse(a: Dense): Dense {
  return solve(a, identity(a.rows))
}

/**
 * x with the least |a x - b|, column by column, for a matrix with at least as many rows as columns, by QR.
 *
 * @throws InterplayError `linear-algebra/singular` where the columns depend on each other.
 */
export function leastSquares(a: Dense, b: Dense): Dense {
  expectFinite('leastSquares', a)
  if (a.rows !== b.rows || a.rows < a.columns) throw mismatch('leastSquares', a, b)
  const decomposition = new QrDecomposition(toMatrix(a))
  const { data, columns } = fromMatrix(decomposition.upperTriangularMatrix)
  const pivots = Array.from({ length: columns }, (_, i) => Math.abs(data[i * columns + i]!))
  if (Math.min(...pivots) <= Math.max(...pivots) * 1e-12) throw singular('leastSquares', 'columns depend on each other')
  return fromMatrix(decomposition.solve(toMatrix(b)))
}

const singular = (operation: string, why: string): InterplayError =>
  new InterplayError('linear-algebra/singular', `${operation}: the matrix is singular`, { why })
