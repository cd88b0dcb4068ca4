import { InterplayError } from '../errors/index.ts'

/** Throws `predictor/answer` unless there are `width` finite-or-infinite (never NaN) predictions a target. */
export function checkAnswers(targets: ArrayLike<number>, predictions: ArrayLike<number>, width = 1): void {
  const expected = targets.length * width
  if (predictions.length !== expected) {
    const rows = `${targets.length} rows${width > 1 ? ` of ${width} classes` : ''}`
    throw new InterplayError('predictor/answer', `the predictor gave ${predictions.length} values for ${rows}`)
  }
  let first = -1
  let count = 0
  for (let i = 0; i < predictions.length; i++) {
    if (Number.isNaN(predictions[i]!)) {
      if (count === 0) first = Math.floor(i / width)
      count++
    }
  }
  if (count > 0) {
    throw new InterplayError(
      'predictor/answer',
      `the predictor gave NaN for ${count} of ${expected} values, first in row ${first + 1}`,
    )
  }
}

/** [rows] one number a row; `Float64Array.from` walks an iterator and is ten times slower. */
export function terms(rows: number, term: (row: number) => number): Float64Array {
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) values[row] = term(row)
  return values
}

/** Throws `data/labels` unless every target is a whole number in [0, classes). */
export function checkLabels(targets: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < targets.length; i++) {
    const label = targets[i]!
    if (!(label >= 0 && label < classes && Number.isInteger(label))) {
      const allowed = classes === 2 ? '0 or 1' : `a whole number from 0 to ${classes - 1}`
      throw new InterplayError('data/labels', `label ${label} of row ${i + 1} must be ${allowed}`)
    }
  }
}
