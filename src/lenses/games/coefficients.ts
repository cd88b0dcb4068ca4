import { binomial, leastCommonMultiple, toNumber, type Fraction } from './fraction.ts'
import { indexDefinition, type IndexName } from './indices.ts'

/**
 * An index as a weighted sum of the game's values: index(S) = sum over T of coefficient(|T|, |T and S|) v(T). Returns
 * [players + 1, size + 1], row-major, for sets S of one size; the alternating sums over the Moebius weights are exact.
 */
export function valueCoefficients(index: IndexName, size: number, players: number, order: number): Float64Array {
  const { weight } = indexDefinition(index)
  const sums = alternatingSums(Array.from({ length: players + 1 - size }, (_, k) => weight(size, size + k, order)))
  const table = new Float64Array((players + 1) * (size + 1))
  for (let t = 0; t <= players; t++)
    for (let shared = Math.max(0, t + size - players); shared <= Math.min(size, t); shared++)
      table[t * (size + 1) + shared] = (-1) ** (size - shared) * sums[t - shared]!
  return table
}

/** At k, the sum over j of (-1)^j C(length - 1 - k, j) weights[k + j]: by repeated differences over one denominator. */
function alternatingSums(weights: readonly Fraction[]): number[] {
  const denominator = weights.reduce((common, each) => leastCommonMultiple(common, each.denominator), 1n)
  const rest = weights.map(({ numerator, denominator: own }) => numerator * (denominator / own))
  for (let step = 1; step < rest.length; step++) for (let k = 0; k < rest.length - step; k++) rest[k]! -= rest[k + 1]!
  return rest.map(numerator => toNumber({ numerator, denominator }))
}

/** C(n, k) as a double; 0 outside 0 <= k <= n. */
export function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0
  let result = 1
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    result *= n - i + 1
    if (result > Number.MAX_SAFE_INTEGER) return Number(binomial(n, k))
    result /= i
  }
  return result
}
