import {
  dense,
  identity,
  kronecker,
  multiply,
  plus,
  symmetrized,
  transposed,
  type Dense,
} from '../linear-algebra/index.ts'
import type { Gaussian, Transition } from './kalman.ts'

/** The Matérn covariance of a function of one number, of smoothness 1/2 (exponential) or 3/2 (once differentiable). */
export interface Matern {
  smoothness: 0.5 | 1.5
  lengthScale: number
  variance: number
}

/** The covariance of two values that lie `distance` apart. */
export function maternCovariance({ smoothness, lengthScale, variance }: Matern, distance: number): number {
  const scaled = (Math.sqrt(2 * smoothness) * Math.abs(distance)) / lengthScale
  return variance * (smoothness === 1.5 ? 1 + scaled : 1) * Math.exp(-scaled)
}

/** A stationary linear Gaussian process in the form that the Kalman filter takes. */
export interface StateSpace {
  stationary: Gaussian
  emission: Dense
  /** Across a gap >= 0. */
  transition(gap: number): Transition
}

/**
 * Independent functions under one Matérn covariance, as one process: their values, and for smoothness 3/2 behind them their
 * slopes (Hartikainen and Särkkä 2010). The transition is the exponential of the drift in closed form.
 */
export function maternStateSpace(kernel: Matern, functions: number): StateSpace {
  const { smoothness, lengthScale, variance } = kernel
  const rate = Math.sqrt(2 * smoothness) / lengthScale
  const order = smoothness === 1.5 ? 2 : 1
  const each = identity(functions)
  const spread = order === 2 ? dense(2, 2, [variance, 0, 0, rate * rate * variance]) : dense(1, 1, [variance])
  const first = dense(1, order, order === 2 ? [1, 0] : [1])
  const covariance = kronecker(spread, each)
  return {
    stationary: { mean: dense(order * functions, 1), covariance },
    emission: kronecker(first, each),
    transition(gap) {
      const decay = Math.exp(-rate * gap)
      const one =
        order === 2
          ? dense(2, 2, [decay * (1 + rate * gap), decay * gap, -decay * rate * rate * gap, decay * (1 - rate * gap)])
          : dense(1, 1, [decay])
      const noise = symmetrized(plus(spread, multiply(multiply(one, spread), transposed(one)), -1))
      return { matrix: kronecker(one, each), noise: kronecker(noise, each) }
    },
  }
}
