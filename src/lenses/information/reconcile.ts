import { totalVariation } from './alike.ts'
import type { PairwiseTables } from './bounds.ts'
import { pairTable, sidesOf, type PairTable } from './joint.ts'
import { sinkhorn } from './sinkhorn.ts'

export interface Reconciled extends PairwiseTables {
  /** How far the samples were apart: the greatest total variation between what two of them say of one variable. */
  apart: number
}

/** Counts of labelled first sources, labelled second sources and pairs, each on rows of its own. */
export interface PairwiseCounts {
  /** [sources, classes] */
  firstLabel: Float64Array
  secondLabel: Float64Array
  /** [first, second] */
  sources: Float64Array
  classes: number
}

/**
 * Tables counted on different rows, brought to one p(y) and one distribution of each source: p(y) is pooled over the labelled
 * rows, p(x1 | y) and p(x2 | y) stay, and the pairs are scaled to the sources that follow. What was counted on the same rows
 * stays as it is.
 */
export function reconciled({ firstLabel, secondLabel, sources, classes }: PairwiseCounts): Reconciled {
  const first = pairTable(firstLabel, firstLabel.length / classes, classes)
  const second = pairTable(secondLabel, secondLabel.length / classes, classes)
  const weight = sum(firstLabel) / (sum(firstLabel) + sum(secondLabel))
  const [ofLabel, other] = [sidesOf(first)[1], sidesOf(second)[1]]
  const pooled = ofLabel.map((p, y) => weight * p + (1 - weight) * other[y]!)
  const labelled = [withLabels(first, ofLabel, pooled), withLabels(second, other, pooled)] as const
  const [ofFirst, ofSecond] = [sidesOf(labelled[0])[0], sidesOf(labelled[1])[0]]
  const counted = sidesOf(pairTable(sources, first.rows, second.rows))
  return {
    firstLabel: labelled[0],
    secondLabel: labelled[1],
    sources: { rows: first.rows, columns: second.rows, probabilities: scaledPairs(sources, ofFirst, ofSecond) },
    apart: Math.max(
      totalVariation(ofLabel, other),
      totalVariation(counted[0], ofFirst),
      totalVariation(counted[1], ofSecond),
    ),
  }
}

/** One row's worth of independent pairs is added where the pairs lack values that labelled rows have. */
function scaledPairs(counts: Float64Array, ofFirst: Float64Array, ofSecond: Float64Array): Float64Array {
  const columns = ofSecond.length
  const scaled = (added: number) => {
    const kernel = counts.map(
      (count, at) => count + added * ofFirst[Math.floor(at / columns)]! * ofSecond[at % columns]!,
    )
    return sinkhorn(kernel, ofFirst, ofSecond).table
  }
  const table = scaled(0)
  const sides = sidesOf({ rows: ofFirst.length, columns, probabilities: table })
  const reached = totalVariation(sides[0], ofFirst) + totalVariation(sides[1], ofSecond) < 1e-8
  return reached ? table : scaled(1)
}

/** p(x | y) times another p(y). */
const withLabels = (table: PairTable, own: Float64Array, wanted: Float64Array): PairTable => ({
  ...table,
  probabilities: table.probabilities.map((p, cell) => {
    const y = cell % table.columns
    return own[y]! > 0 ? (p * wanted[y]!) / own[y]! : 0
  }),
})

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
