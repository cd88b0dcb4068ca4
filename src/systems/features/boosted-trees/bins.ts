import { Random } from '../../../random/index.ts'
import { drawRows } from './sample.ts'

/** How the values of one column fall into bins; bin numbers are what histograms are made of. */
export type ColumnBins = NumericBins | CategoricalBins

export interface NumericBins {
  kind: 'numeric'
  /** Place among the numeric columns. */
  column: number
  count: number
  /** [count - 1, or count - 2 with a missing bin] greatest value of each bin but the last; float32, ascending. */
  bounds: Float32Array
  /** The bin of NaN, always the last; undefined when training rows have none. */
  missing?: number
  /** Whether bin 0 is the usual one, that of the number 0 or one with 70% of the rows, whose rows LightGBM infers. */
  firstIsRest: boolean
}

export interface CategoricalBins {
  kind: 'categorical'
  /** Place among the categorical columns. */
  column: number
  count: number
  /** First id of the column in the concatenated vocabularies. */
  offset: number
  /** [vocabulary] bin of each local id. Bin 0 gathers rare and unseen categories, which no split singles out. */
  binOf: Uint16Array
  /** [count] local id of each bin; -1 for bin 0. */
  idOf: Int32Array
}

/** Rows looked at to place numeric bounds, as in LightGBM (`bin_construct_sample_cnt`). */
const sampledRows = 200_000
/** A bin of fewer sampled rows is joined to its neighbour, as in LightGBM (`min_data_in_bin`). */
const minRowsPerBin = 3

/** The rows bounds are placed by: all, or 200,000 of them, ascending. */
export function sampleRows(rows: number, seed: number): Int32Array {
  return drawRows(new Random(seed, 'boosted-trees/bins'), rows, Math.min(rows, sampledRows)).inside
}

/**
 * Bounds of nearly equal row counts: a value more frequent than the mean bin keeps a bin to itself, and so does 0, where
 * encoders put missing cells. A bound is the midpoint of its neighbours rounded to float32, so comparing a float32 with it is exact.
 */
export function numericBins(
  values: Float32Array,
  stride: number,
  column: number,
  sample: Int32Array,
  bins: number,
): NumericBins {
  const present = new Float32Array(sample.length)
  let length = 0
  for (const row of sample) {
    const value = values[row * stride + column]!
    if (!Number.isNaN(value)) present[length++] = value
  }
  const hasMissing = length < sample.length || anyMissing(values, stride, column)
  const { distinct, counts } = tally(present.subarray(0, length).sort())
  const available = hasMissing ? bins - 1 : bins
  const lasts = distinct.length === 0 ? [] : cut(distinct, counts, length, available)
  const bounds = Float32Array.from(lasts, last => midpoint(distinct[last]!, distinct[last + 1]!))
  const count = bounds.length + 1 + (hasMissing ? 1 : 0)
  const firstIsRest = usualBin(bounds, distinct, counts, sample.length) === 0
  return { kind: 'numeric', column, count, bounds, firstIsRest, ...(hasMissing ? { missing: count - 1 } : {}) }
}

/** The bin of 0, unless another holds 70% of the rows (LightGBM's `most_freq_bin`); the missing bin is the last. */
function usualBin(bounds: Float32Array, distinct: number[], counts: number[], rows: number): number {
  const inBin = new Float64Array(bounds.length + 2)
  let bin = 0
  for (const [i, value] of distinct.entries()) {
    while (bin < bounds.length && value > bounds[bin]!) bin++
    inBin[bin]! += counts[i]!
  }
  inBin[bounds.length + 1] = rows - inBin.reduce((sum, count) => sum + count, 0)
  const greatest = inBin.indexOf(Math.max(...inBin))
  return inBin[greatest]! >= 0.7 * rows ? greatest : bounds.filter(bound => bound < 0).length
}

function anyMissing(values: Float32Array, stride: number, column: number): boolean {
  for (let i = column; i < values.length; i += stride) if (Number.isNaN(values[i]!)) return true
  return false
}

function tally(sorted: Float32Array): { distinct: number[]; counts: number[] } {
  const distinct: number[] = []
  const counts: number[] = []
  for (let i = 0; i < sorted.length; i++) {
    // -0 and 0 are one value
    if (i === 0 || sorted[i]! !== sorted[i - 1]!) {
      distinct.push(sorted[i]!)
      counts.push(0)
    }
    counts[counts.length - 1]!++
  }
  return { distinct, counts }
}

/** Indices of the last distinct value of every bin but the last. */
function cut(distinct: number[], counts: number[], rows: number, bins: number): number[] {
  const few = distinct.length <= bins
  const own = counts.map((count, i) => count >= rows / bins || (distinct[i] === 0 && count >= minRowsPerBin))
  let freeBins = bins - own.filter(Boolean).length
  let freeRows = rows - counts.reduce((sum, count, i) => sum + (own[i] ? count : 0), 0)
  let wanted = few ? minRowsPerBin : freeRows / Math.max(freeBins, 1)
  const lasts: number[] = []
  let inBin = 0
  for (let i = 0; i + 1 < distinct.length && lasts.length < bins - 1; i++) {
    inBin += counts[i]!
    if (!own[i]) freeRows -= counts[i]!
    const beforeOwn = own[i + 1] && (few || distinct[i + 1] === 0 || inBin >= wanted / 2)
    if (inBin < wanted && !own[i] && !beforeOwn) continue
    lasts.push(i)
    inBin = 0
    if (few || own[i]) continue
    freeBins--
    wanted = freeRows / Math.max(freeBins, 1)
  }
  return lasts
}

function midpoint(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2)
  return middle >= low && middle < high ? middle : low
}

/**
 * Categories by falling row count, equal counts by id: kept until they cover 99% of the rows or fill `bins`, whichever is later, as
 * LightGBM does; one of fewer than three rows is never kept.
 */
export function categoricalBins(
  ids: Int32Array,
  stride: number,
  column: number,
  offset: number,
  size: number,
  bins: number,
): CategoricalBins {
  const counts = new Int32Array(size)
  for (let i = column; i < ids.length; i += stride) counts[ids[i]! - offset]!++
  const rows = ids.length / stride
  const order = Array.from(counts.keys())
    .filter(id => counts[id]! >= minRowsPerBin)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
  const binOf = new Uint16Array(size)
  const idOf = [-1]
  let covered = 0
  for (const id of order) {
    if ((covered >= 0.99 * rows && idOf.length >= bins) || idOf.length > 0xffff) break
    binOf[id] = idOf.length
    idOf.push(id)
    covered += counts[id]!
  }
  return { kind: 'categorical', column, count: idOf.length, offset, binOf, idOf: Int32Array.from(idOf) }
}
