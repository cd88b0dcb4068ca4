/** How good answers [rows, classes] are; larger is better. */
export interface Score {
  name: string
  /** `labels`: the right class a row; `own`: what the network answers as it is. */
  of(answers: Float64Array, own: Float64Array, labels: Int32Array | undefined): number
}

const width = (answers: Float64Array, rows: number): number => answers.length / rows

/** The class an answer names: the largest, of a single log-odds its sign. */
export function classesOf(answers: Float64Array, classes: number): Int32Array {
  if (classes === 1) return Int32Array.from(answers, value => Number(value > 0))
  return Int32Array.from({ length: answers.length / classes }, (_, row) => {
    let best = 0
    for (let k = 1; k < classes; k++) if (answers[row * classes + k]! > answers[row * classes + best]!) best = k
    return best
  })
}

/** Share of rows whose class is right. */
export const accuracy: Score = {
  name: 'accuracy',
  of: (answers, _own, labels) => {
    const classes = classesOf(answers, width(answers, labels!.length))
    return classes.reduce((sum, each, row) => sum + Number(each === labels![row]), 0) / labels!.length
  },
}

/** Mean log-probability of the right class: the cross-entropy with its sign turned. */
export const logLikelihood: Score = {
  name: 'log-likelihood',
  of: (answers, _own, labels) => {
    const classes = width(answers, labels!.length)
    let sum = 0
    labels!.forEach((label, row) => {
      const own = answers.subarray(row * classes, (row + 1) * classes)
      if (classes === 1) sum -= Math.log1p(Math.exp(label === 1 ? -own[0]! : own[0]!))
      else {
        const most = own.reduce((a, b) => Math.max(a, b))
        sum += own[label]! - most - Math.log(own.reduce((total, value) => total + Math.exp(value - most), 0))
      }
    })
    return sum / labels!.length
  },
}

/** Share of the variance of the network's own answers that is kept, for answers that are numbers. */
export const fit: Score = {
  name: 'fit',
  of: (answers, own) => {
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    let [error, spread] = [0, 0]
    own.forEach((value, i) => {
      error += (answers[i]! - value) ** 2
      spread += (value - mean) ** 2
    })
    return spread === 0 ? 0 : 1 - error / spread
  },
}

export const scores: Readonly<Record<'accuracy' | 'log-likelihood' | 'fit', Score>> = {
  accuracy,
  'log-likelihood': logLikelihood,
  fit,
}
