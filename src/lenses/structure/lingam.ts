import { dense, leastSquares } from '../../linear-algebra/index.ts'
import { normalTails } from '../../statistics/index.ts'
import type { Edge } from './graph.ts'

/**
 * DirectLiNGAM (Shimizu et al. 2011) for linear effects with noise that is not normal: variables are ordered by how much more
 * independent they leave the residuals of the others (Hyvärinen and Smith's entropies, 2013), then each is regressed on those
 * before it. An edge is a coefficient whose p value is at most alpha; the published code prunes by an adaptive lasso.
 */
export function lingamStructure(columns: readonly ArrayLike<number>[], { alpha = 0.05 } = {}): Edge[] {
  let left = [...columns.keys()]
  let residuals = columns.map(column => standardised(Float64Array.from(column)))
  const order: number[] = []
  while (left.length > 0) {
    const first = left.length === 1 ? left[0]! : mostExogenous(left, residuals)
    order.push(first)
    left = left.filter(v => v !== first)
    residuals = residuals.map((own, v) => (left.includes(v) ? standardised(residual(own, residuals[first]!)) : own))
  }
  return order.flatMap((to, i) => effects(columns, order.slice(0, i), to, alpha))
}

function mostExogenous(left: readonly number[], residuals: readonly Float64Array[]): number {
  const scores = left.map(v =>
    left.reduce(
      (sum, other) => (other === v ? sum : sum - Math.min(0, gain(residuals[v]!, residuals[other]!)) ** 2),
      0,
    ),
  )
  return left[scores.indexOf(Math.max(...scores))]!
}

/** Positive where a before b explains them better than b before a. */
function gain(a: Float64Array, b: Float64Array): number {
  const [ab, ba] = [standardised(residual(a, b)), standardised(residual(b, a))]
  return entropy(b) + entropy(ab) - entropy(a) - entropy(ba)
}

/** Hyvärinen's approximation of the entropy of a standardised variable (1998). */
function entropy(values: Float64Array): number {
  let [logarithm, odd] = [0, 0]
  for (const u of values) {
    logarithm += Math.log(Math.cosh(u)) / values.length
    odd += (u * Math.exp((-u * u) / 2)) / values.length
  }
  return (1 + Math.log(2 * Math.PI)) / 2 - 79.047 * (logarithm - 0.37457) ** 2 - 7.4129 * odd ** 2
}

function residual(own: Float64Array, on: Float64Array): Float64Array {
  const slope = own.reduce((sum, value, r) => sum + value * on[r]!, 0) / own.length
  return own.map((value, r) => value - slope * on[r]!)
}

function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1
  return values.map(value => (value - mean) / deviation)
}

function effects(columns: readonly ArrayLike<number>[], from: readonly number[], to: number, alpha: number): Edge[] {
  if (from.length === 0) return []
  const rows = columns[to]!.length
  const inputs = from.map(v => standardised(Float64Array.from(columns[v]!)))
  const target = standardised(Float64Array.from(columns[to]!))
  const design = dense(rows, from.length)
  inputs.forEach((column, k) => column.forEach((value, r) => (design.data[r * from.length + k] = value)))
  const { data } = leastSquares(design, dense(rows, 1, target))
  let errors = 0
  for (let r = 0; r < rows; r++) {
    const fitted = inputs.reduce((sum, column, k) => sum + data[k]! * column[r]!, 0)
    errors += (target[r]! - fitted) ** 2
  }
  const deviation = Math.sqrt(errors / (rows - from.length - 1) / rows)
  return from.flatMap((v, k): Edge[] => {
    const spread = deviation * Math.sqrt(inflation(inputs, k))
    return normalTails(data[k]! / spread) <= alpha ? [[v, to]] : []
  })
}

/** How much the variance of a coefficient grows by the other inputs: 1 / (1 - R2). */
function inflation(inputs: readonly Float64Array[], k: number): number {
  const others = inputs.filter((_, other) => other !== k)
  if (others.length === 0) return 1
  const own = inputs[k]!
  const rows = own.length
  const design = dense(rows, others.length)
  others.forEach((column, c) => column.forEach((value, r) => (design.data[r * others.length + c] = value)))
  const { data } = leastSquares(design, dense(rows, 1, own))
  const left = own.reduce(
    (sum, value, r) => sum + (value - others.reduce((all, column, c) => all + data[c]! * column[r]!, 0)) ** 2,
    0,
  )
  return rows / Math.max(1e-12, left)
}
