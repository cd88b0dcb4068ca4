import { Random } from '../../random/index.ts'
import { quantileOfSorted, type Estimate } from '../../metrics/interval.ts'

const replicates = 500

/** The sums of each list of per-row terms, combined; a 95% percentile interval over resampled rows. */
export function resampled(
  lists: readonly Float64Array[],
  combine: (means: readonly number[]) => number,
  seed: number,
): Estimate {
  const rows = lists[0]!.length
  const draws = new Float64Array(replicates)
  for (let b = 0; b < replicates; b++) {
    const random = new Random(seed, 'resampled', b)
    const sums = lists.map(() => 0)
    for (let k = 0; k < rows; k++) {
      const r = random.integer(rows)
      lists.forEach((terms, i) => (sums[i]! += terms[r]! / rows))
    }
    draws[b] = combine(sums)
  }
  draws.sort()
  const value = combine(lists.map(terms => terms.reduce((sum, term) => sum + term, 0) / rows))
  return { value, low: quantileOfSorted(draws, 0.025), high: quantileOfSorted(draws, 0.975) }
}
