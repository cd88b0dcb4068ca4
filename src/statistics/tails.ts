/** Lanczos' approximation with nine terms: relative error below 1e-14. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Gamma(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const base = x - 1 + 7.5
  const sum = lanczos.reduce((total, term, i) => total + (i === 0 ? term : term / (x - 1 + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum)
}

const precise = 1e-16
const most = 100_000

/**
 * Q(a, x) = Gamma(a, x) / Gamma(a), the upper tail of the gamma distribution of shape a and scale 1: by the series below a + 1,
 * by Lentz's continued fraction above it.
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < most && term > sum * precise; n++) sum += term *= x / (a + n)
    return Math.max(0, 1 - front * sum)
  }
  const tiny = 1e-300
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let h = d
  for (let n = 1; n < most; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b || tiny)
    c = b + an / c || tiny
    h *= d * c
    if (Math.abs(d * c - 1) < precise * 4) break
  }
  return front * h
}

/** P(X > x) of the gamma distribution. */
export const gammaTail = (x: number, shape: number, scale: number): number => upperGamma(shape, x / scale)

/** P(X > x) of chi-square; 1 without degrees of freedom. */
export const chiSquareTail = (x: number, degrees: number): number => (degrees > 0 ? upperGamma(degrees / 2, x / 2) : 1)

/** P(|Z| > |z|) of the standard normal. */
export const normalTails = (z: number): number => upperGamma(0.5, (z * z) / 2)

/**
 * One p value of several that may depend on each other, by the mean of their Cauchy quantiles (Liu and Xie 2020).
 */
export function cauchyCombination(values: readonly number[]): number {
  const least = 1e-15
  const mean =
    values.reduce((sum, p) => sum + Math.tan((0.5 - Math.min(1 - least, Math.max(least, p))) * Math.PI), 0) /
    values.length
  return 0.5 - Math.atan(mean) / Math.PI
}
