import { normalInterval, proportionInterval, within, type Estimate } from './interval.ts'

/** [rows] 1 where P(class 1) >= threshold. */
export function callBinary(predictions: ArrayLike<number>, threshold = 0.5): Int32Array {
  const called = new Int32Array(predictions.length)
  for (let row = 0; row < called.length; row++) called[row] = predictions[row]! >= threshold ? 1 : 0
  return called
}

/** [rows] the first class of greatest probability; `predictions` [rows, classes]. */
export function callMulticlass(predictions: ArrayLike<number>, classes: number): Int32Array {
  const called = new Int32Array(predictions.length / classes)
  for (let row = 0; row < called.length; row++) {
    let best = 0
    for (let c = 1; c < classes; c++) {
      if (predictions[row * classes + c]! > predictions[row * classes + best]!) best = c
    }
    called[row] = best
  }
  return called
}

/** [classes, classes] rows by true class (down) and called class (across). */
export function confusionMatrix(targets: ArrayLike<number>, called: ArrayLike<number>, classes: number): Float64Array {
  const counts = new Float64Array(classes * classes)
  for (let i = 0; i < targets.length; i++) counts[targets[i]! * classes + called[i]!]!++
  return counts
}

/** How one class is called. Precision is NaN where it is never called, recall where it never occurs, F1 where neither. */
export interface ClassScores {
  precision: Estimate
  recall: Estimate
  f1: Estimate
  /** Rows of the class. */
  rows: number
  /** Rows called so. */
  called: number
}

export type ClassPart = 'precision' | 'recall' | 'f1'

/**
 * Precision, recall and F1 of one class, with Wilson intervals: precision and recall are proportions, and so is
 * F1 / (2 - F1) = TP / (TP + FP + FN), from which the interval of F1 is carried over.
 */
export function classScores(matrix: ArrayLike<number>, classes: number, wanted: number): ClassScores {
  const hits = matrix[wanted * classes + wanted]!
  let called = 0
  let rows = 0
  for (let c = 0; c < classes; c++) {
    called += matrix[c * classes + wanted]!
    rows += matrix[wanted * classes + c]!
  }
  const overlap = proportionInterval(hits, called + rows - hits)
  const toF1 = (share: number) => (2 * share) / (1 + share)
  return {
    precision: proportionInterval(hits, called),
    recall: proportionInterval(hits, rows),
    f1: { value: toF1(overlap.value), low: toF1(overlap.low), high: toF1(overlap.high) },
    rows,
    called,
  }
}

/** Share of rows called as they are. */
export function accuracy(matrix: ArrayLike<number>, classes: number): Estimate {
  let hits = 0
  let rows = 0
  for (let i = 0; i < matrix.length; i++) rows += matrix[i]!
  for (let c = 0; c < classes; c++) hits += matrix[c * classes + c]!
  return proportionInterval(hits, rows)
}

/**
 * Unweighted mean over the classes that occur or are called; what is undefined for one counts 0, as in scikit-learn.
 * Each class's score is a ratio of sums over rows, so the interval follows from its linearised variance, a sum over the
 * cells of the matrix.
 */
export function macroScore(matrix: ArrayLike<number>, classes: number, part: ClassPart): Estimate {
  const scores = Array.from({ length: classes }, (_, c) => classScores(matrix, classes, c))
  const seen = scores.filter(score => !Number.isNaN(score.f1.value)).length
  const values = scores.map(score => score[part].value || 0)
  const value = values.reduce((sum, entry) => sum + entry, 0) / seen
  const share = { precision: [0, 1], recall: [1, 0], f1: [0.5, 0.5] }[part] as [number, number]
  const weights = scores.map(({ rows, called }) => share[0] * rows + share[1] * called)
  let variance = 0
  for (let truth = 0; truth < classes; truth++) {
    for (let call = 0; call < classes; call++) {
      const rows = matrix[truth * classes + call]!
      const hit = truth === call ? 1 / weights[truth]! : 0
      const pull =
        hit - share[0] * ratio(values[truth]!, weights[truth]!) - share[1] * ratio(values[call]!, weights[call]!)
      variance += rows === 0 ? 0 : (rows * pull * pull) / seen ** 2
    }
  }
  return within(normalInterval(value, Math.sqrt(variance)), 0, 1)
}

const ratio = (value: number, weight: number) => (weight === 0 ? 0 : value / weight)
