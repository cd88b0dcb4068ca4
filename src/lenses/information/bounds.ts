import { checkSide } from './alike.ts'
import { sharedInformation, type SharedInformation } from './decomposition.ts'
import { entropy, mutualInformation } from './entropy.ts'
import { flipped, sidesOf, type PairTable } from './joint.ts'
import { leastInformed, type LeastInformedOptions } from './least-informed.ts'
import { couplingEntropy } from './majorization.ts'

/** What is known where no row has both sources and the label. */
export interface PairwiseTables {
  /** p(x1, y) and p(x2, y), [sources, classes]. */
  firstLabel: PairTable
  secondLabel: PairTable
  /** p(x1, x2), of rows without a label too. */
  sources: PairTable
}

/** Redundancy and uniqueness, exact, and an interval that holds the synergy, in bits. */
export interface SynergyBounds extends SharedInformation {
  /** R - I(X1; X2) + min I(X1; X2 | Y), each source in its turn; may be below zero. */
  fromRedundancy: readonly [number, number]
  /** A quarter of the disagreement, less the greater uniqueness; may be below zero. */
  fromDisagreement: number
  /** The mean over pairs of |p(y | x1) - p(y | x2)|^2. */
  disagreement: number
  /** The greatest of the lower bounds and 0. */
  low: number
  /** What a coupling of least entropy leaves. */
  high: number
}

/** Of the disagreement, what is certain to be synergy or uniqueness; with 1, as first published, the bound fails. */
const disagreementShare = 1 / 4

/**
 * Bounds of the synergy from labelled single sources and unlabelled pairs (Liang et al. 2024, theorems 1 to 4). They are
 * certified: what the solver may have missed is taken off.
 *
 * @throws InterplayError `shape/mismatch`, `data/conflict` where the tables differ in a distribution that they share
 */
export function synergyBounds(tables: PairwiseTables, options?: LeastInformedOptions): SynergyBounds {
  const { firstLabel, secondLabel, sources } = tables
  checkTables(tables)
  const shared = sharedInformation(firstLabel, secondLabel, options)
  const between = mutualInformation(sources.probabilities, sources.columns)
  const roles: [PairTable, PairTable, number][] = [
    [flipped(sources), flipped(firstLabel), shared.alone[0]],
    [sources, flipped(secondLabel), shared.alone[1]],
  ]
  const fromRedundancy = roles.map(([other, label, alone]) => {
    const { information, gap } = leastInformed(other, label, options)
    return shared.redundancy - between + (information - gap) - alone
  }) as [number, number]
  const disagreement = disagreementOf(tables)
  const fromDisagreement = disagreementShare * disagreement - Math.max(...shared.unique)
  const { information, gap } = shared.coupling
  return {
    ...shared,
    fromRedundancy,
    fromDisagreement,
    disagreement,
    low: Math.max(0, ...fromRedundancy, fromDisagreement),
    high: Math.max(0, greatestTotal(tables) - (information - gap)),
  }
}

/** H(X1, X2) + H(Y) - H_min >= I(X1, X2; Y), with the greatest of three bounds of the least joint entropy. */
function greatestTotal({ firstLabel, secondLabel, sources }: PairwiseTables): number {
  const [ofFirst, ofSecond] = sidesOf(sources)
  const ofLabel = sidesOf(firstLabel)[1]
  const least = Math.max(
    couplingEntropy(sources.probabilities, ofLabel),
    couplingEntropy(firstLabel.probabilities, ofSecond),
    couplingEntropy(secondLabel.probabilities, ofFirst),
  )
  return entropy(sources.probabilities) + entropy(ofLabel) - least
}

function disagreementOf({ firstLabel, secondLabel, sources }: PairwiseTables): number {
  const classes = firstLabel.columns
  const given = ({ rows, probabilities }: PairTable) =>
    Array.from({ length: rows }, (_, i) => {
      const own = probabilities.subarray(i * classes, (i + 1) * classes)
      const sum = own.reduce((total, p) => total + p, 0)
      return own.map(p => (sum > 0 ? p / sum : 0))
    })
  const [first, second] = [given(firstLabel), given(secondLabel)]
  return sources.probabilities.reduce((sum, p, cell) => {
    if (p === 0) return sum
    const [a, b] = [first[Math.floor(cell / sources.columns)]!, second[cell % sources.columns]!]
    return sum + p * a.reduce((squares, value, y) => squares + (value - b[y]!) ** 2, 0)
  }, 0)
}

function checkTables({ firstLabel, secondLabel, sources }: PairwiseTables): void {
  const [ofFirst, ofSecond] = sidesOf(sources)
  checkSide('p(x1)', ofFirst, sidesOf(firstLabel)[0], 'p(x1, x2)', 'p(x1, y)')
  checkSide('p(x2)', ofSecond, sidesOf(secondLabel)[0], 'p(x1, x2)', 'p(x2, y)')
}
