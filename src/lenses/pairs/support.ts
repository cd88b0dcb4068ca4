import { twoSidedPValue, type Estimate } from '../../metrics/interval.ts'

/** What the rows' labels say, in the units of the predictions: 0/1 under log-odds, or values. */
export interface Labels {
  kind: 'binary' | 'regression'
  values: ArrayLike<number>
}

/** How much of a model's interaction the labels of these rows confirm: 1 all of it, 0 none. */
export interface Support extends Estimate {
  standardError: number
}

const z95 = 1.959963984540054

/**
 * Slope b of the labels on an interaction of the model: the root of
 * sum (y - mean(f - (1 - b) d1)) d2 + (y - mean(f - (1 - b) d2)) d1, with f the predictions and d1, d2 their interaction
 * part as estimated from two separate sets of donors, so that the chance of the donors does not pull the slope towards 1.
 * Newton steps from the model as it is (b = 1); the standard error is the sandwich's. Undefined where the halves agree on
 * no interaction, or the steps do not settle.
 */
export function labelSupport(
  labels: Labels,
  predictions: ArrayLike<number>,
  firstHalf: ArrayLike<number>,
  secondHalf: ArrayLike<number>,
): Support | undefined {
  const logistic = labels.kind === 'binary'
  let slope = 1
  for (let step = 0; step < 50; step++) {
    let score = 0
    let square = 0
    let information = 0
    for (let r = 0; r < predictions.length; r++) {
      const [d1, d2] = [firstHalf[r]!, secondHalf[r]!]
      const first = predictions[r]! - (1 - slope) * d1
      const second = predictions[r]! - (1 - slope) * d2
      const [mean1, mean2] = logistic ? [sigmoid(first), sigmoid(second)] : [first, second]
      const weight = logistic ? (mean1 * (1 - mean1) + mean2 * (1 - mean2)) / 2 : 1
      const term = ((labels.values[r]! - mean1) * d2 + (labels.values[r]! - mean2) * d1) / 2
      score += term
      square += term * term
      information += weight * d1 * d2
    }
    if (!(information > 0)) return undefined
    const change = Math.max(-1, Math.min(1, score / information))
    if (Math.abs(change) < 1e-8) {
      const standardError = Math.sqrt(square) / information
      return { value: slope, standardError, low: slope - z95 * standardError, high: slope + z95 * standardError }
    }
    slope += change
  }
  return undefined
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/**
 * The number of standard errors above zero from which slopes count as supported, at a false discovery rate of 5% among
 * those given (Benjamini and Hochberg, 1995; one-sided).
 */
export function discoveryThreshold(supports: readonly Support[]): number {
  const z = supports.map(({ value, standardError }) => value / standardError).sort((a, b) => b - a)
  for (let k = z.length; k >= 1; k--) {
    const at = z[k - 1]!
    if (at > 0 && twoSidedPValue(at, 1) / 2 <= (0.05 * k) / z.length) return at
  }
  return smallestRejecting(0.05 / Math.max(1, z.length))
}

function smallestRejecting(tail: number): number {
  let [low, high] = [0, 40]
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (twoSidedPValue(middle, 1) / 2 > tail) low = middle
    else high = middle
  }
  return high
}
