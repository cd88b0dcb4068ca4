import { cellsOf, type CellFeatures } from './cells.ts'
import { checkMask, type GridMask } from './grid-mask.ts'

/** Cosine of each cell of the query with the candidate's cell that it lies on, [cells]; lengths of at least 1e-6. */
export function similarityMap(query: CellFeatures, candidate: CellFeatures, target: Int32Array): Float64Array {
  const [from, to] = [cellsOf(query), cellsOf(candidate)]
  return Float64Array.from(target, (other, cell) => {
    let [product, first, second] = [0, 0, 0]
    for (let channel = 0; channel < query.channels; channel++) {
      const [a, b] = [query.values[channel * from + cell]!, candidate.values[channel * to + other]!]
      product += a * b
      first += a * a
      second += b * b
    }
    return product / Math.max(Math.sqrt(first * second), 1e-6)
  })
}

/**
 * How much of each cell of the query is anywhere in the candidate, [cells]: the sum of its products with all cells of the
 * candidate, each image's features divided by the length of their mean and their number (Stylianou et al. 2019).
 */
export function spatialSimilarity(query: CellFeatures, candidate: CellFeatures): Float64Array {
  const cells = cellsOf(query)
  const [own, other] = [meansOf(query), meansOf(candidate)]
  const scale = lengthOf(own) * lengthOf(other) * cells
  return Float64Array.from({ length: cells }, (_, cell) => {
    const products = other.reduce((sum, mean, channel) => sum + query.values[channel * cells + cell]! * mean, 0)
    return scale > 0 ? products / scale : 0
  })
}

/** [channels] */
function meansOf(features: CellFeatures): Float64Array {
  const cells = cellsOf(features)
  const sums = new Float64Array(features.channels)
  for (let at = 0; at < features.values.length; at++) sums[Math.floor(at / cells)]! += features.values[at]!
  return sums.map(sum => sum / cells)
}

const lengthOf = (vector: Float64Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))

/** Cells whose share of the way from the smallest to the largest value reaches a threshold; all of them where all are equal. */
export function attention(map: Float64Array, threshold: number): GridMask {
  const [low, high] = [Math.min(...map), Math.max(...map)]
  return Uint8Array.from(map, value => Number(high === low || (value - low) / (high - low) >= threshold))
}

/** The mean of the largest similarities, those outside the mask counted as 0: the score without a person. */
export function strongestMean(similarities: Float64Array, mask: GridMask, count = 5): number {
  const masked = similarities.map((value, cell) => value * mask[cell]!).sort()
  const strongest = masked.subarray(Math.max(0, masked.length - count))
  return strongest.reduce((sum, value) => sum + value, 0) / strongest.length
}

/**
 * The mean over all cells of similarities times a person's mask: the score with one.
 * @throws InterplayError `data/mask`
 */
export function maskedMean(similarities: Float64Array, mask: GridMask): number {
  checkMask(mask, similarities.length)
  return similarities.reduce((sum, value, cell) => sum + value * mask[cell]!, 0) / similarities.length
}
