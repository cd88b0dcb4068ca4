import { terms } from './check.ts'

/** A value with its 95% interval. */
export interface Estimate {
  value: number
  low: number
  high: number
}

/** First less second on the same rows. */
export interface Difference extends Estimate {
  /** Two-sided, for a difference of zero. */
  pValue: number
}

export const z95 = 1.959963984540054

/** value ± 1.96 standard errors. */
export function normalInterval(value: number, standardError: number): Estimate {
  return { value, low: value - z95 * standardError, high: value + z95 * standardError }
}

/** Wilson's score interval of a proportion (JASA 22, 1927); `NaN` without trials. */
export function proportionInterval(successes: number, trials: number): Estimate {
  const value = successes / trials
  const square = z95 * z95
  const centre = (successes + square / 2) / (trials + square)
  const half = (z95 / (trials + square)) * Math.sqrt((successes * (trials - successes)) / trials + square / 4)
  return { value, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** The same estimate with its interval cut to [minimum, maximum]. */
export function within({ value, low, high }: Estimate, minimum: number, maximum: number): Estimate {
  return { value, low: Math.max(minimum, low), high: Math.min(maximum, high) }
}

/**
 * Interval of a share whose `trials` are not independent counts, normal on the logit scale: for average precision the
 * trials are the positive rows (Boyd, Eng and Page, ECML PKDD 2013, section 3.2). At 0 and 1 it is the whole [0, 1].
 */
export function logitInterval(value: number, trials: number): Estimate {
  const logit = Math.log(value / (1 - value))
  const half = z95 / Math.sqrt(trials * value * (1 - value))
  if (!Number.isFinite(half)) return { value, low: 0, high: 1 }
  const back = (x: number) => 1 / (1 + Math.exp(-x))
  return { value, low: back(logit - half), high: back(logit + half) }
}

/** Interval of the mean of independent terms. */
export function meanInterval(terms: ArrayLike<number>): Estimate {
  return ratioInterval(terms, undefined)
}

/**
 * Interval of sum(numerators) / sum(weights), by the linearised variance of a ratio; weights of 1 give the mean.
 */
export function ratioInterval(numerators: ArrayLike<number>, weights: ArrayLike<number> | undefined): Estimate {
  const n = numerators.length
  let top = 0
  let bottom = weights ? 0 : n
  for (let i = 0; i < n; i++) {
    top += numerators[i]!
    if (weights) bottom += weights[i]!
  }
  const value = top / bottom
  let squares = 0
  for (let i = 0; i < n; i++) squares += (numerators[i]! - value * (weights ? weights[i]! : 1)) ** 2
  return normalInterval(value, Math.sqrt((squares * n) / (n - 1)) / Math.abs(bottom))
}

/** Paired comparison of per-row terms (losses, say): mean of first less second, normal interval. */
export function compareMeans(first: ArrayLike<number>, second: ArrayLike<number>): Difference {
  const estimate = meanInterval(terms(first.length, i => first[i]! - second[i]!))
  return { ...estimate, pValue: twoSidedPValue(estimate.value, (estimate.high - estimate.value) / z95) }
}

/** Linear interpolation between order statistics (Hyndman and Fan's type 7); NaN of nothing. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) return NaN
  const position = probability * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!)
}

/** P(|Z| >= |value| / standardError) of a standard normal Z. A difference of exactly 0 is 1. */
export function twoSidedPValue(value: number, standardError: number): number {
  return value === 0 ? 1 : complementaryError(Math.abs(value / standardError) / Math.SQRT2)
}

/** erfc(x), x >= 0: power series (Abramowitz and Stegun 7.1.6) below 2.5, continued fraction (7.1.14) above. */
function complementaryError(x: number): number {
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI)
  if (x < 2.5) {
    let term = 2 * x
    let sum = 0
    for (let n = 1; term > 1e-17 * sum; n++) {
      sum += term
      term *= (2 * x * x) / (2 * n + 1)
    }
    return 1 - scale * sum
  }
  let fraction = x
  for (let k = 60; k >= 1; k--) fraction = x + k / 2 / fraction
  return scale / fraction
}
