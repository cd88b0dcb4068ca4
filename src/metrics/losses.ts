import { checkAnswers, checkLabels, terms } from './check.ts'

/** Probabilities are clipped to [eps, 1 - eps] with the eps of float64, 2.2e-16, as scikit-learn does. */
const clip = (probability: number) => Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON)

/** Classes of predictions laid out [rows, classes]. */
export function classesOf(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const classes = Math.round(predictions.length / targets.length)
  checkAnswers(targets, predictions, classes)
  checkLabels(targets, classes)
  return classes
}

/** [rows] -ln of the probability given to the class that came. `predictions` [rows] are P(class 1). */
export function logLosses(labels: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  checkAnswers(labels, predictions)
  checkLabels(labels, 2)
  return terms(labels.length, i => {
    const probability = clip(predictions[i]!)
    return labels[i] === 1 ? -Math.log(probability) : -Math.log(1 - probability)
  })
}

/** [rows] squared difference of label and probability. */
export function brierScores(labels: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  checkAnswers(labels, predictions)
  checkLabels(labels, 2)
  return terms(labels.length, i => (predictions[i]! - labels[i]!) ** 2)
}

/** [rows] -ln of the probability of the class that came; each row of `predictions` [rows, classes] is rescaled to sum to 1. */
export function multiclassLogLosses(targets: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  const classes = classesOf(targets, predictions)
  return terms(targets.length, i => {
    let sum = 0
    for (let c = 0; c < classes; c++) sum += predictions[i * classes + c]!
    return -Math.log(clip(predictions[i * classes + targets[i]!]! / sum))
  })
}

/** [rows] sum over classes of squared differences (Brier 1950): 0 to 2, twice the binary score when there are two. */
export function multiclassBrierScores(targets: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  const classes = classesOf(targets, predictions)
  return terms(targets.length, i => {
    let sum = 0
    for (let c = 0; c < classes; c++) sum += (predictions[i * classes + c]! - (c === targets[i] ? 1 : 0)) ** 2
    return sum
  })
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Mean binary cross entropy in nats. */
export const logLoss = (labels: ArrayLike<number>, predictions: ArrayLike<number>) =>
  mean(logLosses(labels, predictions))

/** Mean squared difference of label and probability. */
export const brier = (labels: ArrayLike<number>, predictions: ArrayLike<number>) =>
  mean(brierScores(labels, predictions))

/** Mean cross entropy in nats; `predictions` [rows, classes]. */
export const multiclassLogLoss = (targets: ArrayLike<number>, predictions: ArrayLike<number>) =>
  mean(multiclassLogLosses(targets, predictions))

/** Mean over rows of the squared differences summed over classes. */
export const multiclassBrier = (targets: ArrayLike<number>, predictions: ArrayLike<number>) =>
  mean(multiclassBrierScores(targets, predictions))
