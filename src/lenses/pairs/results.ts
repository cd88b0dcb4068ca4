import type { Estimate } from '../../metrics/interval.ts'
import { bootstrapMeans } from './bootstrap.ts'
import { discoveryThreshold, labelSupport, type Labels, type Support } from './support.ts'

/** The predictions a pair is judged by. */
export interface PairSamples {
  first: number
  second: number
  /** |second difference| with the first donors, on the rows of the screening. */
  screened: Float64Array
  /** Per donor, the second difference of every row; undefined for a pair that was only screened. */
  differences?: Float64Array[]
}

export interface PairInteraction extends Estimate {
  fields: [string, string]
  /**
   * `supported`: the labels confirm the interaction; `within noise`: they do not, or it is no more than rounding;
   * `not tested`: screened only, or rows without labels.
   */
  verdict: 'supported' | 'within noise' | 'not tested'
  /** Share of the interaction that the labels confirm. */
  support?: Support
  /** Strength below which the labels of these rows could not tell it from nothing. */
  noise: number
  /** Rows it was measured on. */
  rows: number
  /** Measured on all rows and donors, not only screened. */
  refined: boolean
}

/** Predictions of the rows as they are, their labels, and how far row r's donors lie behind it. */
export interface Sample {
  predictions: Float32Array
  labels?: Labels
  shifts: readonly number[]
}

const none: Estimate = { value: 0, low: 0, high: 0 }

/** Some roundings of single precision in a sum of four predictions, relative to the largest. */
const rounding = 8 * 2 ** -23

/** Strengths with intervals and verdicts, refined pairs first, then strongest first; what is no more than rounding is 0. */
export function pairResults(
  pairs: readonly PairSamples[],
  names: readonly string[],
  sample: Sample,
  seed: number,
): PairInteraction[] {
  const { predictions, labels, shifts } = sample
  const floor = rounding * predictions.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const terms = pairs.map(({ screened, differences }) => (differences ? rowTerms(differences, shifts) : screened))
  const estimates = bootstrapMeans(terms, seed).map(each => (each.value <= floor ? none : each))
  const supports = pairs.map(({ differences }, k) => {
    if (!labels || !differences || estimates[k] === none) return undefined
    return labelSupport(labels, predictions, halfMean(differences, 0), halfMean(differences, 1))
  })
  const threshold = discoveryThreshold(supports.filter(support => support !== undefined))
  const results = pairs.map(({ first, second, differences }, k): PairInteraction => {
    const estimate = estimates[k]!
    const support = supports[k]
    const confirmed = support !== undefined && support.value / support.standardError >= threshold
    const tested = differences !== undefined && (labels !== undefined || estimate === none)
    return {
      fields: [names[first]!, names[second]!],
      ...estimate,
      verdict: !tested ? 'not tested' : confirmed ? 'supported' : 'within noise',
      support,
      noise: support ? Math.max(floor, threshold * support.standardError * estimate.value) : floor,
      rows: terms[k]!.length,
      refined: differences !== undefined,
    }
  })
  return results.sort((a, b) => Number(b.refined) - Number(a.refined) || b.value - a.value)
}

/** Each row's part in the mean, as the row looked at and as the donor of others; their mean is the strength. */
function rowTerms(differences: readonly Float64Array[], shifts: readonly number[]): Float64Array {
  const rows = differences[0]!.length
  const terms = new Float64Array(rows)
  let total = 0
  differences.forEach((values, d) => {
    for (let r = 0; r < rows; r++) {
      const strength = Math.abs(values[r]!) / differences.length
      terms[r]! += strength
      terms[(r + shifts[d]!) % rows]! += strength
      total += strength
    }
  })
  return terms.map(term => term - total / rows)
}

/** Mean difference of each row over the even (0) or odd (1) donors. */
function halfMean(differences: readonly Float64Array[], half: 0 | 1): Float64Array {
  const chosen = differences.filter((_, d) => d % 2 === half)
  return chosen[0]!.map((_, r) => chosen.reduce((sum, values) => sum + values[r]!, 0) / chosen.length)
}
