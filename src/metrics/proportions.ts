import { Random } from '../random/index.ts'
import { normalInterval, quantileOfSorted, twoSidedPValue, z95, type Estimate } from './interval.ts'

export interface Proportion {
  successes: number
  trials: number
}

export interface ProportionTest extends Estimate {
  /** Of the pooled test of equal proportions. */
  z: number
  pValue: number
}

/** Second less first: the normal interval of the difference and the pooled test that there is none; trials independent. */
export function twoProportions(first: Proportion, second: Proportion): ProportionTest {
  const [p, q] = [first, second].map(({ successes, trials }) => successes / trials) as [number, number]
  const pooled = (first.successes + second.successes) / (first.trials + second.trials)
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / first.trials + 1 / second.trials))
  const difference = normalInterval(q - p, errorOf(p, q, first.trials, second.trials))
  return { ...difference, z: (q - p) / pooledError, pValue: twoSidedPValue(q - p, pooledError) }
}

/** Chance that a two-sided test at 5% of so many trials each finds a difference of these proportions; trials independent. */
export function powerOfTwoProportions(p: number, q: number, first: number, second: number): number {
  const beyond = Math.abs(q - p) / errorOf(p, q, first, second) - z95
  const tail = twoSidedPValue(beyond, 1) / 2
  return beyond >= 0 ? 1 - tail : tail
}

const errorOf = (p: number, q: number, first: number, second: number): number =>
  Math.sqrt((p * (1 - p)) / first + (q * (1 - q)) / second)

/**
 * A statistic of clusters (all that one person did, say) with the 2.5% and 97.5% quantiles over clusters drawn again with
 * replacement: what of a cluster belongs together stays together.
 */
export function clusterBootstrap<Cluster>(
  clusters: readonly Cluster[],
  statistic: (clusters: readonly Cluster[]) => number,
  { resamples = 2000, seed = 1 } = {},
): Estimate {
  const random = new Random(seed, 'cluster-bootstrap')
  const drawn = Float64Array.from({ length: resamples }, () =>
    statistic(clusters.map(() => clusters[random.integer(clusters.length)]!)),
  )
    .filter(Number.isFinite)
    .sort()
  return {
    value: statistic(clusters),
    low: quantileOfSorted(drawn, 0.025),
    high: quantileOfSorted(drawn, 0.975),
  }
}
