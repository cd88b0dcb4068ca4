import { checkAnswers, terms } from './check.ts'
import { meanInterval, normalInterval, ratioInterval, within, type Estimate } from './interval.ts'

/** Root mean squared error in units of the target; the interval is that of the mean square, under the root. */
export function rmse(targets: ArrayLike<number>, predictions: ArrayLike<number>): Estimate {
  const { value, low, high } = within(meanInterval(squaredErrors(targets, predictions)), 0, Infinity)
  return { value: Math.sqrt(value), low: Math.sqrt(low), high: Math.sqrt(high) }
}

/** Mean absolute error in units of the target. */
export function mae(targets: ArrayLike<number>, predictions: ArrayLike<number>): Estimate {
  return within(meanInterval(squaredErrors(targets, predictions).map(Math.sqrt)), 0, Infinity)
}

/** 1 - squared error / squared distance from the targets' mean; NaN for constant targets. */
export function r2(targets: ArrayLike<number>, predictions: ArrayLike<number>): Estimate {
  let mean = 0
  for (let i = 0; i < targets.length; i++) mean += targets[i]! / targets.length
  const spread = terms(targets.length, i => (targets[i]! - mean) ** 2)
  if (!spread.some(square => square > 0)) return normalInterval(NaN, NaN)
  const { value, low, high } = ratioInterval(squaredErrors(targets, predictions), spread)
  return within({ value: 1 - value, low: 1 - high, high: 1 - low }, -Infinity, 1)
}

function squaredErrors(targets: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  checkAnswers(targets, predictions)
  return terms(targets.length, i => (predictions[i]! - targets[i]!) ** 2)
}
