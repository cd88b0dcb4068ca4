import { auc, quantileOfSorted } from '../../metrics/index.ts'
import { Random } from '../../random/index.ts'

/** Values of a prediction that are told apart, at most. */
const levels = 16

/**
 * How much predicted concepts tell of other concepts than their own, beyond what the true ones tell: the oracle impurity
 * score 2 ||pi(predicted, true) - pi(true, true)||_F / C (Espinosa Zarlenga et al. 2023), 0 for predictions that are the
 * truth. pi_ij is the AUC of telling concept j from prediction i. Where the authors train a small network for it, the share
 * of j among 16 levels of i is read off half of the images and scored on the other half. Both [images, C].
 */
export function oracleImpurity(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  concepts: number,
  seed = 1,
): number {
  const [given, known] = [predicted, truth].map(values => tellingMatrix(values, truth, concepts, seed))
  const squares = given!.reduce((sum, value, at) => sum + (value - known![at]!) ** 2, 0)
  return (2 * Math.sqrt(squares)) / concepts
}

/** [C, C] AUC of telling the column's concept from the row's value. */
export function tellingMatrix(
  values: ArrayLike<number>,
  truth: ArrayLike<number>,
  concepts: number,
  seed = 1,
): Float64Array {
  const order = new Random(seed, 'impurity').permutation(truth.length / concepts)
  const [learned, scored] = [order.filter((_, i) => i % 2 === 0), order.filter((_, i) => i % 2 === 1)]
  return Float64Array.from({ length: concepts * concepts }, (_, at) => {
    const [i, j] = [Math.floor(at / concepts), at % concepts]
    const level = levelsOf(Float64Array.from(learned, row => values[row * concepts + i]!))
    const [sums, counts] = [new Float64Array(levels), new Float64Array(levels)]
    for (const row of learned) {
      const own = level(values[row * concepts + i]!)
      sums[own]! += truth[row * concepts + j]!
      counts[own]!++
    }
    const labels = Array.from(scored, row => truth[row * concepts + j]!)
    const shares = Array.from(scored, row => {
      const own = level(values[row * concepts + i]!)
      return counts[own]! === 0 ? 0.5 : sums[own]! / counts[own]!
    })
    const value = auc(labels, shares)
    return Number.isNaN(value) ? 0.5 : value
  })
}

/** The number of the level that a value lies in: few values are levels of their own, many are cut at quantiles. */
function levelsOf(values: Float64Array): (value: number) => number {
  const sorted = values.toSorted()
  const distinct = [...new Set(sorted)]
  const cuts =
    distinct.length <= levels
      ? distinct.slice(1).map((value, i) => (value + distinct[i]!) / 2)
      : Array.from({ length: levels - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) / levels))
  return value => cuts.filter(cut => value > cut).length
}
