import { checkAlike } from './alike.ts'
import { mutualInformation } from './entropy.ts'
import { marginalPair, type Joint, type PairTable } from './joint.ts'
import { leastInformed, type LeastInformed, type LeastInformedOptions } from './least-informed.ts'

/** What two sources tell of a label, in bits, as far as the two tables (source, label) decide it. */
export interface SharedInformation {
  /** What either source tells alone. */
  redundancy: number
  /** What only the first, only the second tells. */
  unique: readonly [number, number]
  /** I(X1; Y) and I(X2; Y). */
  alone: readonly [number, number]
  /** The distribution in which the sources tell nothing more together. */
  coupling: LeastInformed
}

/** The four parts of I(X1, X2; Y), in bits: redundancy + unique[0] + unique[1] + synergy = total. */
export interface Decomposition extends SharedInformation {
  /** What only both together tell. */
  synergy: number
  total: number
}

/**
 * Redundancy and uniqueness of two sources (Bertschinger et al. 2014): they depend on the tables p(x1, y) and p(x2, y), each
 * [sources, classes], alone, and so need no row in which both sources and the label are known.
 *
 * @throws InterplayError `shape/mismatch`, `data/conflict` where the two tables differ in p(y)
 */
export function sharedInformation(
  first: PairTable,
  second: PairTable,
  options?: LeastInformedOptions,
): SharedInformation {
  checkAlike(first, second)
  const alone = [first, second].map(table => mutualInformation(table.probabilities, table.columns)) as [number, number]
  const coupling = leastInformed(first, second, options)
  const { information } = coupling
  return {
    redundancy: alone[0] + alone[1] - information,
    unique: [information - alone[1], information - alone[0]],
    alone,
    coupling,
  }
}

/** Partial information decomposition of a distribution of two sources and a label. */
export function decompose(joint: Joint, options?: LeastInformedOptions): Decomposition {
  const shared = sharedInformation(
    marginalPair(joint, 'first', 'label'),
    marginalPair(joint, 'second', 'label'),
    options,
  )
  const total = mutualInformation(joint.probabilities, joint.shape[2])
  return { ...shared, synergy: total - shared.coupling.information, total }
}

/**
 * What each pair of values adds to the synergy, [first, second]: p log2 p(y | x1, x2) / q(y | x1, x2), summed over y, with
 * log2 q as the sum of a part of each source, so that it is finite where q leaves a pair out. They add up to the synergy.
 */
export function synergyOfCells({ shape, probabilities }: Joint, { parts }: LeastInformed): Float64Array {
  const [first, second, classes] = shape
  const cells = new Float64Array(first * second)
  for (let cell = 0; cell < cells.length; cell++) {
    const own = probabilities.subarray(cell * classes, (cell + 1) * classes)
    const sum = own.reduce((total, p) => total + p, 0)
    own.forEach((p, y) => {
      if (p === 0) return
      const told = parts[y]!.first[Math.floor(cell / second)]! + parts[y]!.second[cell % second]!
      cells[cell]! += p * (Math.log2(p / sum) - told)
    })
  }
  return cells
}
