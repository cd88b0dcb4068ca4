import type { PredictorOutput } from '../predictor.ts'

/** What a model answers, as a surrogate learns it: class probabilities, or numbers. */
export interface ModelAnswers {
  kind: 'classes' | 'value'
  outputs: number
  /** [rows, outputs] */
  values: Float64Array
  /** [rows] the likeliest class; of numbers whether one is above `middle`. */
  sides: Int32Array
  /** Of numbers, what parts them into low and high. */
  middle: number
}

/**
 * @param among rows whose median parts numbers into low and high; all by default
 * @param parting what parts them, where that is known
 */
export function answersOf(
  raw: Float64Array,
  { kind, names }: PredictorOutput,
  output: number,
  among?: Int32Array,
  parting?: number,
): ModelAnswers {
  const width = names.length
  const rows = raw.length / width
  if (kind === 'value') {
    const values = new Float64Array(rows).map((_, row) => raw[row * width + output]!)
    const middle = parting ?? median(among ? Float64Array.from(among, row => values[row]!) : values)
    return { kind, outputs: 1, values, sides: Int32Array.from(values, value => Number(value > middle)), middle }
  }
  const values = width === 1 ? pairs(raw, kind) : kind === 'probability' ? raw.slice() : softmax(raw, width)
  const outputs = Math.max(2, width)
  return { kind: 'classes', outputs, values, sides: sidesOf(values, outputs), middle: NaN }
}

/** The likeliest class of [rows, outputs]; the first of equals. */
export function sidesOf(values: Float64Array, outputs: number): Int32Array {
  return new Int32Array(values.length / outputs).map((_, row) => likeliest(values, row * outputs, outputs))
}

export function likeliest(values: ArrayLike<number>, start: number, outputs: number): number {
  let best = 0
  for (let o = 1; o < outputs; o++) if (values[start + o]! > values[start + best]!) best = o
  return best
}

function pairs(raw: Float64Array, kind: 'logit' | 'probability'): Float64Array {
  const values = new Float64Array(2 * raw.length)
  raw.forEach((own, row) => {
    const p = kind === 'logit' ? 1 / (1 + Math.exp(-own)) : own
    values[2 * row] = 1 - p
    values[2 * row + 1] = p
  })
  return values
}

function softmax(raw: Float64Array, width: number): Float64Array {
  const values = new Float64Array(raw.length)
  for (let start = 0; start < raw.length; start += width) {
    const own = raw.subarray(start, start + width)
    const most = Math.max(...own)
    const powers = own.map(logit => Math.exp(logit - most))
    const total = powers.reduce((sum, power) => sum + power, 0)
    powers.forEach((power, o) => (values[start + o] = power / total))
  }
  return values
}

export const median = (values: ArrayLike<number>): number => Float64Array.from(values).sort()[(values.length - 1) >> 1]!
