import type { PairTable } from './joint.ts'
import { sidesOf } from './joint.ts'
import { sinkhorn, type Scales } from './sinkhorn.ts'

/** The joint distribution that tells least of its label among those with two given marginals. */
export interface LeastInformed {
  /** A table [first, second] a class of the label, all together adding up to 1. */
  tables: Float64Array[]
  /** I(first, second; label) under it, in bits. */
  information: number
  /** The true least information is at most this much below, in bits. */
  gap: number
  /**
   * log2 of the label's probability given both sources, as a sum of a part of each source: the multipliers of the marginals.
   * A class by [first] and by [second].
   */
  parts: { first: Float64Array; second: Float64Array }[]
  rounds: number
}

export interface LeastInformedOptions {
  /** Bits within which the result is to be certified. Default 1e-6. */
  tolerance?: number
  /** Rounds after which the gap stands as it is. Default 4000. */
  rounds?: number
}

const certifyEvery = 8
const [fastest, quicker] = [6, 1.25]

/**
 * Minimises I(X1, X2; Y) over Q with Q(x1, y) and Q(x2, y) as given, tables [sources, classes] of one p(y) (Bertschinger et
 * al. 2014, equation 9). As sum_y KL(Q_y | R) is least for R = sum_y Q_y, and for Q_y the scaling of R to its marginals, the
 * two in turn descend to the optimum; steps are lengthened while they descend. A plain step certifies: the optimum is at most
 * max log(R' / R) lower.
 */
export function leastInformed(
  first: PairTable,
  second: PairTable,
  { tolerance = 1e-6, rounds: most = 4000 }: LeastInformedOptions = {},
): LeastInformed {
  const classes = first.columns
  const [n1, n2] = [first.rows, second.rows]
  const sums = Array.from({ length: classes }, (_, y) => ({
    first: columnOf(first, y),
    second: columnOf(second, y),
  }))
  const [, ofClass] = sidesOf(first)
  let tables: Float64Array[] = sums.map(({ first: rows, second: columns }, y) => {
    const table = new Float64Array(n1 * n2)
    if (ofClass[y]! > 0)
      for (let i = 0; i < n1; i++)
        for (let j = 0; j < n2; j++) table[i * n2 + j] = (rows[i]! * columns[j]!) / ofClass[y]!
    return table
  })
  let value = negativeEntropy(tables)
  let [stride, gap, rounds] = [1, Infinity, 0]
  let scales: Scales[] | undefined
  while (rounds < most) {
    rounds++
    const together = summed(tables)
    const plain = rounds % certifyEvery === 1 || stride === 1
    const step = plain ? 1 : stride
    const scaled = tables.map((table, y) => {
      const kernel = step === 1 ? together : table.map((q, c) => (q > 0 ? q * (together[c]! / q) ** step : 0))
      return sinkhorn(kernel, sums[y]!.first, sums[y]!.second, { start: scales && powered(scales[y]!, step) })
    })
    const next = scaled.map(({ table }) => table)
    const reached = negativeEntropy(next)
    if (!plain && !(reached <= value)) {
      stride = 1
      continue
    }
    ;[tables, value] = [next, reached]
    if (plain) {
      gap = Math.min(gap, Math.log2(largestRatio(summed(tables), together)))
      scales = scaled
      if (gap < tolerance) break
    }
    stride = Math.min(fastest, stride * quicker)
  }
  const information = value / Math.LN2 - ofClass.reduce((sum, p) => sum + (p > 0 ? p * Math.log2(p) : 0), 0)
  const parts = scales!.map(({ rowScales, columnScales }) => ({
    first: rowScales.map(Math.log2),
    second: columnScales.map(Math.log2),
  }))
  return { tables, information: Math.max(0, information), gap: Math.max(0, gap), parts, rounds }
}

/** Once a plain step has these scales, a longer one comes to their power. */
const powered = ({ rowScales, columnScales }: Scales, power: number): Scales =>
  power === 1
    ? { rowScales, columnScales }
    : { rowScales: rowScales.map(scale => scale ** power), columnScales: columnScales.map(scale => scale ** power) }

const columnOf = ({ rows, columns, probabilities }: PairTable, column: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => probabilities[i * columns + column]!)

function summed(tables: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(tables[0]!.length)
  for (const table of tables) for (let c = 0; c < sums.length; c++) sums[c]! += table[c]!
  return sums
}

/** -H(label | sources), in nats. */
function negativeEntropy(tables: readonly Float64Array[]): number {
  const together = summed(tables)
  let sum = 0
  for (const table of tables)
    for (let c = 0; c < table.length; c++) if (table[c]! > 0) sum += table[c]! * Math.log(table[c]! / together[c]!)
  return sum
}

/** No less than 1, as both add up to 1. */
function largestRatio(after: Float64Array, before: Float64Array): number {
  let most = 1
  for (let c = 0; c < after.length; c++) if (before[c]! > 0) most = Math.max(most, after[c]! / before[c]!)
  return most
}
