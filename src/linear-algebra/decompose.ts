import { EigenvalueDecomposition, SingularValueDecomposition } from 'ml-matrix'
import { InterplayError } from '../errors/index.ts'
import {
  expectFinite,
  expectSquare,
  fromMatrix,
  mismatch,
  multiply,
  toMatrix,
  transposed,
  type Dense,
} from './dense.ts'

export interface SymmetricEigen {
  /** Ascending. */
  values: Float64Array
  /** Orthonormal eigenvectors, one a column, in the order of the values. */
  vectors: Dense
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @throws InterplayError `shape/mismatch` where it is not square, `linear-algebra/values` where it is not symmetric (to
 * 1e-8 of its largest element) or not finite.
 */
export function symmetricEigen(a: Dense): SymmetricEigen {
  expectSquare('symmetricEigen', a)
  expectSymmetric('symmetricEigen', a)
  const eigen = new EigenvalueDecomposition(toMatrix(a), { assumeSymmetric: true })
  return { values: Float64Array.from(eigen.realEigenvalues), vectors: fromMatrix(eigen.eigenvectorMatrix) }
}

export function expectSymmetric(operation: string, { rows, data }: Dense): void {
  const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [data[i * rows + j]!, data[j * rows + i]!]
      if (Math.abs(below - above) <= 1e-8 * scale) continue
      throw new InterplayError('linear-algebra/values', `${operation}: takes a symmetric matrix`, {
        why: `element ${i}, ${j} is ${below}, element ${j}, ${i} is ${above}`,
      })
    }
  }
}

export interface SingularValues {
  /** [rows, k] orthonormal columns; k is the smaller extent. */
  left: Dense
  /** [k], descending. */
  values: Float64Array
  /** [columns, k] orthonormal columns: the matrix is left diag(values) right^T. */
  right: Dense
}

/**
 * The thin singular value decomposition of any matrix.
 *
 * @throws InterplayError `linear-algebra/values` where it is empty or not finite.
 */
export function singularValues(a: Dense): SingularValues {
  expectFinite('singularValues', a)
  const { leftSingularVectors, rightSingularVectors, diagonal } = new SingularValueDecomposition(toMatrix(a), {
    autoTranspose: true,
  })
  return {
    left: fromMatrix(leftSingularVectors),
    values: Float64Array.from(diagonal),
    right: fromMatrix(rightSingularVectors),
  }
}

/**
 * Cosines of the principal angles between the spaces that the columns of two matrices span, descending: all 1 where one
 * space holds the other, whatever bases they are given in (Björck and Golub 1973).
 *
 * @throws InterplayError `shape/mismatch` where their rows differ; as `singularValues`.
 */
export function principalCosines(a: Dense, b: Dense): Float64Array {
  if (a.rows !== b.rows) throw mismatch('principalCosines', a, b)
  const [one, other] = [singularValues(a).left, singularValues(b).left]
  return singularValues(multiply(transposed(one), other)).values.map(cosine => Math.min(1, cosine))
}
