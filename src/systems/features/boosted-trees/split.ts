import type { CategoricalBins, ColumnBins, NumericBins } from './bins.ts'
import type { BoostedTreesOptions } from './options.ts'

export type SplitOptions = Pick<
  BoostedTreesOptions,
  | 'l2'
  | 'minGain'
  | 'minRows'
  | 'minHessian'
  | 'oneHotCategories'
  | 'maxCategories'
  | 'categorySmooth'
  | 'categoryL2'
  | 'minRowsPerCategory'
>

/** First and second derivatives of the loss summed over the rows of a leaf. */
export interface LeafSums {
  gradient: number
  hessian: number
  rows: number
}

/** The best split found in one column of a leaf. */
export interface Split {
  /** Fall of the loss, twice the second-order estimate: left + right - parent of G^2 / (H + l2); -Infinity when none is allowed. */
  gain: number
  /** Numeric: the last bin that goes left. */
  lastLeft: number
  missingLeft: boolean
  /** Categorical: the bins that go left, never bin 0. */
  leftBins: number[]
  leftGradient: number
  leftHessian: number
  /** Ridge penalty the leaf values must be taken with. */
  l2: number
}

export const noSplit = (): Split => ({
  gain: -Infinity,
  lastLeft: -1,
  missingLeft: false,
  leftBins: [],
  leftGradient: 0,
  leftHessian: 0,
  l2: 0,
})

const score = (gradient: number, hessian: number, l2: number) => (gradient * gradient) / (hessian + l2)

/**
 * Best split of one column. `histogram` holds (gradient, hessian) sums a bin from index 2 * `first`. Rows of a bin are
 * estimated by its share of the hessian, as LightGBM does, which saves counting them.
 */
export function findSplit(
  histogram: Float64Array,
  first: number,
  column: ColumnBins,
  leaf: LeafSums,
  options: SplitOptions,
): Split {
  const split = noSplit()
  if (column.kind === 'numeric') {
    scanNumeric(histogram, first, column, leaf, options, true, split)
    if (column.missing !== undefined) scanNumeric(histogram, first, column, leaf, options, false, split)
  } else if (column.count - 1 <= options.oneHotCategories) scanOneHot(histogram, first, column, leaf, options, split)
  else scanOrdered(histogram, first, column, leaf, options, split)
  split.gain -= score(leaf.gradient, leaf.hessian, options.l2)
  return split
}

/**
 * Cuts of a number, missing cells on the left (from the greatest bin down) or on the right (from the smallest up): the side whose
 * estimated rows LightGBM adds up. Where it stores no sums of bin 0, that bin's rows are those that the others leave.
 */
function scanNumeric(
  histogram: Float64Array,
  first: number,
  column: NumericBins,
  leaf: LeafSums,
  options: SplitOptions,
  missingLeft: boolean,
  best: Split,
) {
  const { l2, minRows, minHessian } = options
  const rowsPerHessian = leaf.rows / leaf.hessian
  const values = column.missing === undefined ? column.count : column.missing
  const cuts = missingLeft ? values - 1 : values - 1 + (column.missing === undefined ? 0 : 1)
  let gradient = 0
  let hessian = 0
  let rows = 0
  for (let step = 0; step < cuts; step++) {
    const bin = missingLeft ? values - 1 - step : step
    const at = 2 * (first + bin)
    gradient += histogram[at]!
    const weight = histogram[at + 1]!
    hessian += weight
    rows +=
      bin === 0 && column.firstIsRest && !missingLeft
        ? leaf.rows - estimatedRows(histogram, first + 1, first + column.count, rowsPerHessian)
        : Math.round(weight * rowsPerHessian)
    if (rows < minRows || hessian < minHessian) continue
    const otherHessian = leaf.hessian - hessian
    if (leaf.rows - rows < minRows || otherHessian < minHessian) break
    const otherGradient = leaf.gradient - gradient
    const gain = score(gradient, hessian, l2) + score(otherGradient, otherHessian, l2)
    if (!(gain > best.gain)) continue
    best.gain = gain
    best.lastLeft = missingLeft ? bin - 1 : bin
    best.missingLeft = missingLeft
    best.leftGradient = missingLeft ? otherGradient : gradient
    best.leftHessian = missingLeft ? otherHessian : hessian
    best.l2 = l2
  }
}

function estimatedRows(histogram: Float64Array, from: number, to: number, rowsPerHessian: number): number {
  let rows = 0
  for (let pair = from; pair < to; pair++) rows += Math.round(histogram[2 * pair + 1]! * rowsPerHessian)
  return rows
}

function scanOneHot(
  histogram: Float64Array,
  first: number,
  column: CategoricalBins,
  leaf: LeafSums,
  options: SplitOptions,
  best: Split,
) {
  const { l2, minRows, minHessian } = options
  const rowsPerHessian = leaf.rows / leaf.hessian
  for (let bin = 1; bin < column.count; bin++) {
    const gradient = histogram[2 * (first + bin)]!
    const hessian = histogram[2 * (first + bin) + 1]!
    const rows = Math.round(hessian * rowsPerHessian)
    const rightHessian = leaf.hessian - hessian
    if (rows < minRows || hessian < minHessian || leaf.rows - rows < minRows || rightHessian < minHessian) continue
    const gain = score(gradient, hessian, l2) + score(leaf.gradient - gradient, rightHessian, l2)
    if (!(gain > best.gain)) continue
    best.gain = gain
    best.leftBins = [bin]
    best.leftGradient = gradient
    best.leftHessian = hessian
    best.l2 = l2
  }
}

/**
 * Many against many (Fisher 1958, as LightGBM applies it): categories ordered by gradient / (hessian + smooth), then cut
 * like a number, from both ends, at most `maxCategories` and half of them on the left.
 */
function scanOrdered(
  histogram: Float64Array,
  first: number,
  column: CategoricalBins,
  leaf: LeafSums,
  options: SplitOptions,
  best: Split,
) {
  const { minRows, minHessian, categorySmooth, minRowsPerCategory } = options
  const l2 = options.l2 + options.categoryL2
  const rowsPerHessian = leaf.rows / leaf.hessian
  const gradientOf = (bin: number) => histogram[2 * (first + bin)]!
  const hessianOf = (bin: number) => histogram[2 * (first + bin) + 1]!
  const order: number[] = []
  for (let bin = 1; bin < column.count; bin++) {
    if (Math.round(hessianOf(bin) * rowsPerHessian) >= Math.max(categorySmooth, 1)) order.push(bin)
  }
  const rank = new Float64Array(column.count)
  for (const bin of order) rank[bin] = gradientOf(bin) / (hessianOf(bin) + categorySmooth)
  order.sort((a, b) => rank[a]! - rank[b]! || a - b)
  const most = Math.min(options.maxCategories, (order.length + 1) >> 1)
  let taken = 0
  let fromEnd = false
  for (const backwards of [false, true]) {
    let gradient = 0
    let hessian = 0
    let rows = 0
    let rowsSinceCut = 0
    for (let i = 0; i < most; i++) {
      const bin = order[backwards ? order.length - 1 - i : i]!
      const weight = hessianOf(bin)
      const here = Math.round(weight * rowsPerHessian)
      gradient += gradientOf(bin)
      hessian += weight
      rows += here
      rowsSinceCut += here
      if (rows < minRows || hessian < minHessian) continue
      const rightRows = leaf.rows - rows
      const rightHessian = leaf.hessian - hessian
      if (rightRows < minRows || rightRows < minRowsPerCategory || rightHessian < minHessian) break
      if (rowsSinceCut < minRowsPerCategory) continue
      rowsSinceCut = 0
      const gain = score(gradient, hessian, l2) + score(leaf.gradient - gradient, rightHessian, l2)
      if (!(gain > best.gain)) continue
      best.gain = gain
      best.leftGradient = gradient
      best.leftHessian = hessian
      best.l2 = l2
      taken = i + 1
      fromEnd = backwards
    }
  }
  best.leftBins = (fromEnd ? order.slice(order.length - taken) : order.slice(0, taken)).sort((a, b) => a - b)
}
