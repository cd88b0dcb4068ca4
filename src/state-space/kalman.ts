import {
  cholesky,
  dense,
  identity,
  multiply,
  plus,
  solvePositive,
  symmetrized,
  transposed,
  type Dense,
} from '../linear-algebra/index.ts'

/** A normal distribution: mean [n, 1], covariance [n, n]. */
export interface Gaussian {
  mean: Dense
  covariance: Dense
}

/** A normal likelihood of f by its natural parameters, exp(shift^T f - f^T precision f / 2); zeros say nothing. */
export interface Message {
  /** [r, r], symmetric, positive semidefinite. */
  precision: Dense
  /** [r, 1]: precision times mean. */
  shift: Dense
}

/** The next state is `matrix` times the last, plus noise of covariance `noise`: both [n, n]. */
export interface Transition {
  matrix: Dense
  noise: Dense
}

/** A linear Gaussian chain x_0, x_1, ... of which f_i = emission x_i is seen through messages. */
export interface Chain {
  /** Of x_0, before anything is seen. */
  start: Gaussian
  /** Into x_1, x_2, ...: one less than there are states. */
  transitions: readonly Transition[]
  /** [r, n]. */
  emission: Dense
  /** One a state; undefined where nothing is seen. */
  messages: readonly (Message | undefined)[]
}

export interface Smoothed {
  /** Of each state, given all messages. */
  states: Gaussian[]
  /** Logarithm of the integral of the prior times all messages. */
  logEvidence: number
}

/**
 * The Kalman filter forwards, then the Rauch-Tung-Striebel smoother backwards; linear in the number of states.
 *
 * The filter's update is written for messages in natural parameters, so that a message without information, or with
 * information on a part of f only, needs no inverse. With S = H P H^T = B B^T the posterior covariance of f is
 * B (I + B^T precision B)^-1 B^T, whatever the precision.
 *
 * @throws InterplayError `linear-algebra/not-positive-definite` for a start or noise that is no covariance
 */
export function smooth({ start, transitions, emission, messages }: Chain): Smoothed {
  const filtered: Gaussian[] = []
  const predicted: Gaussian[] = []
  let logEvidence = 0
  for (const [i, message] of messages.entries()) {
    const before = i === 0 ? start : advance(filtered[i - 1]!, transitions[i - 1]!)
    const after = message ? update(before, emission, message) : { ...before, logEvidence: 0 }
    predicted.push(before)
    filtered.push({ mean: after.mean, covariance: after.covariance })
    logEvidence += after.logEvidence
  }
  const states = [...filtered]
  for (let i = states.length - 2; i >= 0; i--) {
    states[i] = backwards(filtered[i]!, transitions[i]!, predicted[i + 1]!, states[i + 1]!)
  }
  return { states, logEvidence }
}

/** The distribution of f in a state. */
export const emitted = ({ mean, covariance }: Gaussian, emission: Dense): Gaussian => ({
  mean: multiply(emission, mean),
  covariance: symmetrized(multiply(multiply(emission, covariance), transposed(emission))),
})

const advance = ({ mean, covariance }: Gaussian, { matrix, noise }: Transition): Gaussian => ({
  mean: multiply(matrix, mean),
  covariance: symmetrized(plus(multiply(multiply(matrix, covariance), transposed(matrix)), noise)),
})

function update(before: Gaussian, emission: Dense, { precision, shift }: Message): Gaussian & { logEvidence: number } {
  const { mean: expected, covariance: spread } = emitted(before, emission)
  const factor = cholesky(spread)
  const inner = symmetrized(plus(identity(factor.rows), multiply(multiply(transposed(factor), precision), factor)))
  const narrowed = symmetrized(multiply(factor, solvePositive(inner, transposed(factor))))
  const pull = plus(shift, multiply(precision, expected), -1)
  const correction = multiply(narrowed, pull)
  const carried = transposed(solvePositive(spread, multiply(emission, before.covariance)))
  const lost = plus(spread, narrowed, -1)
  return {
    mean: plus(before.mean, multiply(carried, correction)),
    covariance: symmetrized(plus(before.covariance, multiply(multiply(carried, lost), transposed(carried)), -1)),
    logEvidence:
      dot(shift, expected) -
      dot(expected, multiply(precision, expected)) / 2 +
      dot(pull, correction) / 2 -
      logDiagonal(cholesky(inner)),
  }
}

function backwards(filtered: Gaussian, { matrix }: Transition, predicted: Gaussian, next: Gaussian): Gaussian {
  const gain = transposed(solvePositive(predicted.covariance, multiply(matrix, filtered.covariance)))
  const change = plus(next.covariance, predicted.covariance, -1)
  return {
    mean: plus(filtered.mean, multiply(gain, plus(next.mean, predicted.mean, -1))),
    covariance: symmetrized(plus(filtered.covariance, multiply(multiply(gain, change), transposed(gain)))),
  }
}

const dot = (a: Dense, b: Dense): number => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0)

const logDiagonal = ({ rows, data }: Dense): number => {
  let sum = 0
  for (let i = 0; i < rows; i++) sum += Math.log(data[i * rows + i]!)
  return sum
}

/** A message of one number seen with noise: f is `value`, give or take a variance. */
export const observed = (value: number, variance: number): Message => ({
  precision: dense(1, 1, [1 / variance]),
  shift: dense(1, 1, [value / variance]),
})
