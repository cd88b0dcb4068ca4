import { Random } from '../../random/index.ts'
import { quantileOfSorted, type Estimate } from '../../metrics/interval.ts'

const replicates = 500

/**
 * Percentile bootstrap over rows of the mean of each list of per-row terms, 500 resamples. Lists of one length share the
 * resamples, so equal lists get equal intervals.
 */
export function bootstrapMeans(lists: readonly Float64Array[], seed: number): Estimate[] {
  const means = lists.map(() => new Float64Array(replicates))
  const indices = new Map<number, Int32Array>()
  for (let b = 0; b < replicates; b++) {
    indices.clear()
    lists.forEach((terms, k) => {
      const n = terms.length
      let rows = indices.get(n)
      if (!rows) {
        const random = new Random(seed, 'bootstrap', b)
        indices.set(n, (rows = new Int32Array(n).map(() => random.integer(n))))
      }
      let sum = 0
      for (let i = 0; i < n; i++) sum += terms[rows[i]!]!
      means[k]![b] = sum / n
    })
  }
  return lists.map((terms, k) => {
    const sorted = means[k]!.sort()
    const value = terms.reduce((sum, term) => sum + term, 0) / terms.length
    return { value, low: quantileOfSorted(sorted, 0.025), high: quantileOfSorted(sorted, 0.975) }
  })
}
