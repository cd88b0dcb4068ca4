import { Random } from '../../random/index.ts'
import { rowsIn, takeRows } from '../columns.ts'
import type { Columns, Predictor } from '../predictor.ts'

export interface CurveOptions {
  /** Points of a numeric field's axis; commonest codes of a categorical one. */
  points?: number
  /** Rows averaged over. */
  rows?: number
  output?: number
  seed?: number
  signal?: AbortSignal
}

/** How the answer goes with one field. */
export interface Curve {
  field: string
  type: 'numeric' | 'categorical'
  /** Values of the field, ascending; codes from the commonest on. */
  at: Float64Array
  /** Mean answer, less its mean over the points. */
  mean: Float64Array
  standardError: Float64Array
  /** Of some rows, [rows][points]: their answers less those at the first point. */
  rows: Float64Array[]
  predictions: number
}

const drawnRows = 30
/** More codes than this on one axis cannot be read. */
const mostCodes = 12

/** Partial dependence of the answer on one field (Friedman 2001), with the curves of single rows (ICE, Goldstein et al. 2015). */
export async function partialDependence(
  predictor: Predictor,
  columns: Columns,
  field: number,
  { points = 20, rows = 200, output = 0, seed = 1, signal }: CurveOptions = {},
): Promise<Curve> {
  const { name, type } = predictor.fields[field]!
  const at =
    type === 'numeric' ? quantiles(columns[field]!, points) : commonest(columns[field]!, Math.min(points, mostCodes))
  const chosen = new Random(seed, 'curve').permutation(rowsIn(columns)).subarray(0, rows)
  const sample = takeRows(columns, chosen)
  const count = rowsIn(sample)
  const asked = sample.map((column, f) => {
    const filled = new Float64Array(at.length * count)
    at.forEach((value, p) =>
      f === field ? filled.fill(value, p * count, (p + 1) * count) : filled.set(column, p * count),
    )
    return filled
  })
  const outputs = predictor.output.names.length
  const all = await predictor.predict(asked, signal)
  const answer = (p: number, r: number) => all[(p * count + r) * outputs + output]!
  const means = at.map((_, p) => sum(count, r => answer(p, r)) / count)
  const middle = sum(at.length, p => means[p]!) / at.length
  const own = Float64Array.from({ length: count }, (_, r) => sum(at.length, p => answer(p, r)) / at.length)
  const standardError = at.map((_, p) => {
    const squares = sum(count, r => (answer(p, r) - own[r]! - (means[p]! - middle)) ** 2)
    return Math.sqrt(squares / Math.max(1, count - 1) / count)
  })
  return {
    field: name,
    type,
    at,
    mean: means.map(value => value - middle),
    standardError,
    rows: Array.from({ length: Math.min(drawnRows, count) }, (_, r) => at.map((_, p) => answer(p, r) - answer(0, r))),
    predictions: at.length * count,
  }
}

/**
 * Accumulated local effects of a numeric field (Apley and Zhu, JRSS B 82, 2020): the mean difference across each quantile
 * interval, over the rows inside it, added up and centred; unlike partial dependence it never leaves where the data are.
 */
export async function accumulatedEffects(
  predictor: Predictor,
  columns: Columns,
  field: number,
  { points = 20, rows = 2000, output = 0, seed = 1, signal }: CurveOptions = {},
): Promise<Curve> {
  const chosen = new Random(seed, 'curve').permutation(rowsIn(columns)).subarray(0, rows)
  const sample = takeRows(columns, chosen)
  const own = sample[field]!
  const at = quantiles(own, points)
  const count = own.length
  const bin = own.map(value =>
    Math.min(
      at.length - 1,
      Math.max(
        1,
        at.findIndex(edge => value <= edge),
      ),
    ),
  )
  const asked = sample.map((column, f) => {
    const filled = new Float64Array(2 * count)
    if (f !== field) {
      filled.set(column)
      filled.set(column, count)
    } else
      bin.forEach((b, r) => {
        filled[r] = at[b - 1] ?? at[0]!
        filled[count + r] = at[b] ?? at[0]!
      })
    return filled
  })
  const outputs = predictor.output.names.length
  const all = await predictor.predict(asked, signal)
  const [counts, sums, squares] = [0, 1, 2].map(() => new Float64Array(at.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  bin.forEach((b, r) => {
    const difference = all[(count + r) * outputs + output]! - all[r * outputs + output]!
    counts[b]!++
    sums[b]! += difference
    squares[b]! += difference ** 2
  })
  const curve = new Float64Array(at.length)
  const variance = new Float64Array(at.length)
  for (let b = 1; b < at.length; b++) {
    const n = counts[b]!
    const slope = n > 0 ? sums[b]! / n : 0
    curve[b] = curve[b - 1]! + slope
    variance[b] = variance[b - 1]! + (n > 1 ? Math.max(0, squares[b]! - n * slope ** 2) / (n - 1) / n : 0)
  }
  const middle = sum(at.length, b => (b === 0 ? 0 : (counts[b]! * (curve[b]! + curve[b - 1]!)) / 2)) / count
  return {
    field: predictor.fields[field]!.name,
    type: 'numeric',
    at,
    mean: curve.map(value => value - middle),
    standardError: variance.map(Math.sqrt),
    rows: [],
    predictions: 2 * count,
  }
}

/** Distinct order statistics from the least to the greatest value. */
export function quantiles(column: Float64Array, points: number): Float64Array {
  const sorted = column.slice().sort()
  const last = sorted.length - 1
  return Float64Array.from(
    new Set(Array.from({ length: points }, (_, p) => sorted[Math.round((p * last) / Math.max(1, points - 1))]!)),
  )
}

/** The commonest codes first. */
export function commonest(column: Float64Array, most: number): Float64Array {
  const counts = new Map<number, number>()
  for (const code of column) counts.set(code, (counts.get(code) ?? 0) + 1)
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return Float64Array.from(ranked.slice(0, most), ([code]) => code)
}

function sum(count: number, term: (k: number) => number): number {
  let total = 0
  for (let k = 0; k < count; k++) total += term(k)
  return total
}
