import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeSafetensors } from '../engine/safetensors.ts'
import { Random } from '../random/index.ts'
import {
  cholesky,
  dense,
  identity,
  inverse,
  kronecker,
  leastSquares,
  multiply,
  plus,
  principalComponents,
  principalCosines,
  projected,
  singularValues,
  solve,
  solvePositive,
  solveTriangular,
  symmetricEigen,
  transposed,
  type Dense,
} from './index.ts'

const { tensors } = decodeSafetensors(
  readFileSync(new URL('../../fixtures/operators/linear-algebra.safetensors', import.meta.url)),
)

const random = new Random(3, 'linear algebra')
const drawn = (rows: number, columns: number): Dense =>
  dense(
    rows,
    columns,
    Array.from({ length: rows * columns }, () => random.normal()),
  )
const diagonal = (values: ArrayLike<number>): Dense => {
  const n = values.length
  return dense(
    n,
    n,
    Array.from({ length: n * n }, (_, i) => (i % n === Math.floor(i / n) ? values[i % n]! : 0)),
  )
}

function expectNear(got: Dense, expected: Dense, tolerance = 1e-10): void {
  expect([got.rows, got.columns]).toEqual([expected.rows, expected.columns])
  expect(Math.max(...got.data.map((value, i) => Math.abs(value - expected.data[i]!)))).toBeLessThan(tolerance)
}

/** One matrix of a fixture's batch. */
const fixture = (path: string, index = 0): Dense => {
  const { dims, data } = tensors[path]!
  const [rows, columns] = dims.slice(-2) as [number, number]
  return dense(rows, columns, (data as Float64Array).subarray(index * rows * columns, (index + 1) * rows * columns))
}

describe('against PyTorch', () => {
  it.each([0, 1, 2])('cholesky, inverse and solve, matrix %i', index => {
    expectNear(cholesky(fixture('cholesky-batch/input/x', index)), fixture('cholesky-batch/output/y', index))
    expectNear(inverse(fixture('inverse-batch/input/x', index)), fixture('inverse-batch/output/y', index))
    expectNear(
      solve(fixture('solve-batch/input/a', index), fixture('solve-batch/input/b', index)),
      fixture('solve-batch/output/y', index),
    )
  })

  it.each(['lower', 'upper'])('solveTriangular, %s', which => {
    const [a, b, y] = ['input/a', 'input/b', 'output/y'].map(part => fixture(`triangular-solve-${which}/${part}`, 1))
    expectNear(solveTriangular(a!, b!, { upper: which === 'upper' }), y!)
  })
})

it('symmetricEigen rebuilds the matrix from ascending values and orthonormal vectors', () => {
  const half = drawn(7, 7)
  const a = multiply(half, transposed(half))
  const { values, vectors } = symmetricEigen(a)
  expect([...values]).toEqual([...values].sort((p, q) => p - q))
  expectNear(multiply(transposed(vectors), vectors), identity(7))
  expectNear(multiply(multiply(vectors, diagonal(values)), transposed(vectors)), a)
})

it.each([
  [6, 3],
  [3, 6],
  [4, 4],
])('singularValues rebuilds a matrix of %i by %i', (rows, columns) => {
  const a = drawn(rows, columns)
  const { left, values, right } = singularValues(a)
  const k = Math.min(rows, columns)
  expect([...values]).toEqual([...values].sort((p, q) => q - p))
  expectNear(multiply(transposed(left), left), identity(k))
  expectNear(multiply(transposed(right), right), identity(k))
  expectNear(multiply(multiply(left, diagonal(values)), transposed(right)), a)
})

it('leastSquares leaves a residual orthogonal to the columns', () => {
  const [a, b] = [drawn(9, 4), drawn(9, 2)]
  const fitted = multiply(a, leastSquares(a, b))
  const residual = dense(
    9,
    2,
    b.data.map((value, i) => value - fitted.data[i]!),
  )
  expectNear(multiply(transposed(a), residual), dense(4, 2))
})

it('solvePositive solves what solve does', () => {
  const half = drawn(5, 5)
  const [a, b] = [plus(multiply(half, transposed(half)), identity(5), 0.1), drawn(5, 2)]
  expectNear(solvePositive(a, b), solve(a, b))
})

it('kronecker multiplies block by block', () => {
  const [a, b] = [dense(1, 2, [2, 3]), dense(2, 1, [5, 7])]
  expect(kronecker(a, b)).toEqual(dense(2, 2, [10, 15, 14, 21]))
  const [c, d, e, f] = [drawn(2, 3), drawn(4, 2), drawn(3, 2), drawn(2, 5)]
  expectNear(multiply(kronecker(c, d), kronecker(e, f)), kronecker(multiply(c, e), multiply(d, f)))
})

it('principalCosines sees spaces, not bases', () => {
  const [a, mix] = [drawn(8, 2), drawn(2, 2)]
  expect(Math.min(...principalCosines(a, multiply(a, mix)))).toBeGreaterThan(1 - 1e-12)
  const tilted = dense(3, 1, [Math.cos(0.4), Math.sin(0.4), 0])
  expect(principalCosines(dense(3, 2, [1, 0, 0, 0, 0, 1]), tilted)[0]).toBeCloseTo(Math.cos(0.4), 12)
})

it.each([
  [() => symmetricEigen(dense(2, 2, [1, 2, 3, 4])), 'symmetricEigen: takes a symmetric matrix'],
  [() => symmetricEigen(dense(2, 3)), 'symmetricEigen: takes a square matrix, got 2 by 3'],
  [() => cholesky(dense(2, 2, [1, 2, 2, 1])), 'cholesky: the matrix is not positive definite'],
  [() => singularValues(dense(2, 2, [1, NaN, 0, 1])), 'singularValues: takes finite numbers, got NaN in row 0'],
  [() => solve(dense(2, 2, [1, 2, 2, 4]), dense(2, 1)), 'solve: the matrix is singular'],
  [() => solveTriangular(dense(2, 2, [0, 0, 1, 1]), dense(2, 1)), 'solveTriangular: the matrix is singular'],
  [() => leastSquares(dense(3, 2, [1, 2, 2, 4, 3, 6]), dense(3, 1)), 'leastSquares: the matrix is singular'],
  [() => multiply(dense(2, 3), dense(2, 3)), 'multiply: 2 by 3 does not fit 2 by 3'],
  [() => dense(2, 2, [1]), '1 values do not fill a matrix of 2 by 2'],
])('refuses what it cannot do: %#', (run, message) => expect(run).toThrow(message))

it.each([false, true])(
  'principal components leave no covariance, and order what varies; standardized: %s',
  standardize => {
    const rows = Array.from({ length: 200 }, () => {
      const [a, b] = [random.normal(), random.normal()]
      return [5 + 3 * a, a + b, 7, b - 2]
    }).flat()
    const found = principalComponents(rows, 4, 3, { standardize })
    const places = projected(rows, found)
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) {
        let sum = 0
        for (let row = 0; row < 200; row++) sum += (places[3 * row + j]! * places[3 * row + k]!) / 200
        expect(sum).toBeCloseTo(j === k ? found.variances[j]! : 0, 10)
      }
    }
    expect(found.variances[0]).toBeGreaterThan(found.variances[1]!)
    const total = found.variances.reduce((sum, each) => sum + each, 0)
    if (standardize) expect(total).toBeCloseTo(3, 10)
  },
)
