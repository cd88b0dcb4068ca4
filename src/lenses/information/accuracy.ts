/** Accuracies that a best model of a label can have. */
export interface AccuracyBounds {
  low: number
  high: number
}

const halvings = 60

/**
 * Bounds of the best accuracy on a label of entropy H bits and so many classes, told at least `low` and at most `high` bits:
 * it reaches 2^(low - H), and its error e must meet Fano's h(e) + e log2(classes - 1) >= H - high.
 */
export function accuracyBounds(
  labelEntropy: number,
  classes: number,
  information: { low: number; high: number },
): AccuracyBounds {
  const left = labelEntropy - information.high
  const allowed = (error: number) => binaryEntropy(error) + (classes > 2 ? error * Math.log2(classes - 1) : 0)
  let [least, most] = [0, (classes - 1) / classes]
  for (let k = 0; k < halvings; k++) {
    const middle = (least + most) / 2
    if (allowed(middle) < left) least = middle
    else most = middle
  }
  return { low: Math.min(1, 2 ** (information.low - labelEntropy)), high: 1 - least }
}

const binaryEntropy = (p: number): number => (p <= 0 || p >= 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p))
