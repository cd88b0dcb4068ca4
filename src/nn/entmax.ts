import type { Tensor } from '../engine/index.ts'

/** Halvings of the interval that holds the threshold: past float32's resolution; float64 takes twice as many. */
const halvings = { float32: 25, float64: 50 } as const

/**
 * alpha-entmax along the last axis (Peters et al. 2019): softmax at alpha 1, sparsemax at 2, exact zeros above 1. The
 * threshold tau is found by bisection (their algorithm 1) and the result divided by its sum; the gradient is the closed form of
 * their proposition 2, so nothing is differentiated through the search. `alpha` is a constant >= 1.
 */
export function entmax(x: Tensor, alpha: number): Tensor {
  if (alpha === 1) return x.softmax(-1)
  const values = x.shape.at(-1) as number
  const scaled = x.sub(x.max(-1, { keep: true })).mul(alpha - 1)
  const masses = (tau: Tensor) => positivePower(scaled.sub(tau), 1 / (alpha - 1))
  let tau = scaled.max(-1, { keep: true }).sub(1)
  let width = 1 - values ** (1 - alpha)
  let p = masses(tau)
  for (let step = 0; step < halvings[x.dtype as keyof typeof halvings]; step++) {
    width /= 2
    const middle = tau.add(width)
    p = masses(middle)
    tau = p.sum(-1, { keep: true }).greaterOrEqual(1).where(middle, tau)
  }
  const y = p.div(p.sum(-1, { keep: true }))
  const slope = alpha === 2 ? y.greater(0).cast(y.dtype) : positivePower(y, 2 - alpha)
  return y.withGradient([x], d => {
    const weighted = slope.mul(d)
    const mean = weighted.sum(-1, { keep: true }).div(slope.sum(-1, { keep: true }))
    return [weighted.sub(slope.mul(mean))]
  })
}

/** x^power where x > 0, else 0; never a power of 0, whose slope may be infinite. */
function positivePower(x: Tensor, power: number): Tensor {
  if (power === 1) return x.relu()
  const positive = x.greater(0)
  return positive.where(positive.where(x, 1).pow(power), 0)
}
