import {
  dense,
  identity,
  multiply,
  solvePositive,
  symmetricEigen,
  symmetrized,
  type Dense,
} from '../linear-algebra/index.ts'
import type { TestResult } from './g-test.ts'
import { gammaTail } from './tails.ts'

type Column = ArrayLike<number>

/** Ridge of the regression on the conditions. */
const ridge = 1e-3
/** Of the largest eigenvalue; smaller ones are left out of the null distribution. */
const leastEigenvalue = 1e-5

/**
 * The kernel test of independence of x and y given z (Zhang, Peters, Janzing and Schölkopf, UAI 2011) with Gaussian kernels of
 * the widths of the authors' code and the gamma approximation of its null distribution. O(n^3) with conditions, n^2 numbers
 * are held a few times.
 */
export function kernelTest(x: Column, y: Column, given: readonly Column[] = []): TestResult {
  return given.length === 0 ? unconditional(standardised(x), standardised(y)) : conditional(x, y, given)
}

function unconditional(x: Float64Array, y: Float64Array): TestResult {
  const n = x.length
  const width = widthFor(n, 0.8, 0.5, 0.3)
  const [kx, ky] = [x, y].map(column => centred(gaussian([column], 1 / width ** 2))) as [Dense, Dense]
  const statistic = sumOfProducts(kx, ky)
  const mean = (trace(kx) * trace(ky)) / n
  const variance = (2 * sumOfProducts(kx, kx) * sumOfProducts(ky, ky)) / n ** 2
  return { statistic, p: gammaTail(statistic, mean ** 2 / variance, variance / mean) }
}

function conditional(x: Column, y: Column, given: readonly Column[]): TestResult {
  const z = given.map(standardised)
  const n = x.length
  const theta = 1 / (widthFor(n, 1.2, 0.7, 0.4) ** 2 * z.length)
  const half = z.map(column => column.map(value => value / 2))
  const kx = centred(gaussian([standardised(x), ...half], theta))
  const ky = centred(gaussian([standardised(y)], theta))
  const kz = centred(gaussian(z, theta))
  for (let i = 0; i < n; i++) kz.data[i * n + i]! += ridge
  const residual = solvePositive(symmetrized(kz), identity(n))
  residual.data.forEach((value, i) => (residual.data[i] = ridge * value))
  const left = symmetrized(residual)
  const [rx, ry] = [kx, ky].map(kernel => symmetrized(multiply(left, multiply(kernel, left)))) as [Dense, Dense]
  const statistic = sumOfProducts(rx, ry)
  // The weighted sum of chi-squares has the eigenvalues of the elementwise product of both kernels as weights.
  const [ux, uy] = [withoutSmall(rx), withoutSmall(ry)]
  let [mean, squares] = [0, 0]
  for (let i = 0; i < n; i++) {
    mean += ux.data[i * n + i]! * uy.data[i * n + i]!
    for (let j = 0; j < n; j++) squares += (ux.data[i * n + j]! * uy.data[i * n + j]!) ** 2
  }
  const variance = 2 * squares
  return { statistic, p: gammaTail(statistic, mean ** 2 / variance, variance / mean) }
}

const widthFor = (n: number, few: number, some: number, many: number): number =>
  n < 200 ? few : n < 1200 ? some : many

/** To mean 0 and variance 1, the variance by n - 1; a constant column to 0. */
function standardised(column: Column): Float64Array {
  const values = Float64Array.from(column)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
  return values.map(value => (deviation > 0 ? (value - mean) / deviation : 0))
}

/** exp(-theta |a - b|^2 / 2) of all pairs of rows. */
function gaussian(columns: readonly Float64Array[], theta: number): Dense {
  const n = columns[0]!.length
  const kernel = dense(n, n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let distance = 0
      for (const column of columns) distance += (column[i]! - column[j]!) ** 2
      const value = Math.exp(-0.5 * theta * distance)
      kernel.data[i * n + j] = value
      kernel.data[j * n + i] = value
    }
  return kernel
}

/** Rows and columns less their means. */
function centred({ rows: n, data }: Dense): Dense {
  const means = Float64Array.from({ length: n }, (_, i) =>
    data.subarray(i * n, (i + 1) * n).reduce((sum, value) => sum + value / n, 0),
  )
  const all = means.reduce((sum, mean) => sum + mean / n, 0)
  return {
    rows: n,
    columns: n,
    data: data.map((value, k) => value - means[Math.floor(k / n)]! - means[k % n]! + all),
  }
}

function trace({ rows: n, data }: Dense): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += data[i * n + i]!
  return sum
}

function sumOfProducts(a: Dense, b: Dense): number {
  let sum = 0
  for (let k = 0; k < a.data.length; k++) sum += a.data[k]! * b.data[k]!
  return sum
}

/** The matrix without its negative and smallest eigenvalues. */
function withoutSmall(matrix: Dense): Dense {
  const { values, vectors } = symmetricEigen(matrix)
  const n = matrix.rows
  const least = leastEigenvalue * values[n - 1]!
  const kept = [...values.keys()].filter(k => values[k]! > least)
  const scaled = dense(n, kept.length)
  const turned = dense(kept.length, n)
  kept.forEach((k, c) => {
    const root = Math.sqrt(values[k]!)
    for (let i = 0; i < n; i++) {
      const value = root * vectors.data[i * n + k]!
      scaled.data[i * kept.length + c] = value
      turned.data[c * n + i] = value
    }
  })
  return multiply(scaled, turned)
}
