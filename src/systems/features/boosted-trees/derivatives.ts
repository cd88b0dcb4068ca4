/** Derivatives of the logistic loss at rows [begin, end): p - y and p (1 - p), from the raw scores. */
export function logisticDerivatives(
  scores: Float64Array,
  targets: Float32Array,
  derivatives: Float32Array,
  begin: number,
  end: number,
) {
  for (let row = begin; row < end; row++) {
    const probability = 1 / (1 + Math.exp(-scores[row]!))
    derivatives[2 * row] = probability - targets[row]!
    derivatives[2 * row + 1] = probability * (1 - probability)
  }
}

/** Derivatives of half the squared error: score - y and 1. */
export function squaredDerivatives(
  scores: Float64Array,
  targets: Float32Array,
  derivatives: Float32Array,
  begin: number,
  end: number,
) {
  for (let row = begin; row < end; row++) {
    derivatives[2 * row] = scores[row]! - targets[row]!
    derivatives[2 * row + 1] = 1
  }
}

/**
 * Derivatives of the softmax loss: `scores` and `derivatives` are laid out class by class ([classes, rows]). The second
 * derivative is scaled by classes / (classes - 1), as in LightGBM (Friedman 2001, section 4.5).
 */
export function softmaxDerivatives(
  scores: Float64Array,
  targets: Float32Array,
  derivatives: Float32Array,
  begin: number,
  end: number,
  classes: number,
) {
  const rows = targets.length
  const scale = classes / (classes - 1)
  const exponentials = new Float64Array(classes)
  for (let row = begin; row < end; row++) {
    let greatest = -Infinity
    for (let k = 0; k < classes; k++) greatest = Math.max(greatest, scores[k * rows + row]!)
    let sum = 0
    for (let k = 0; k < classes; k++) sum += exponentials[k] = Math.exp(scores[k * rows + row]! - greatest)
    for (let k = 0; k < classes; k++) {
      const probability = exponentials[k]! / sum
      const at = 2 * (k * rows + row)
      derivatives[at] = probability - (targets[row] === k ? 1 : 0)
      derivatives[at + 1] = scale * probability * (1 - probability)
    }
  }
}
