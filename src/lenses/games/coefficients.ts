import { add, binomial, fraction, multiply, toNumber, zero } from './fraction.ts'
import { indexDefinition, type IndexName } from './indices.ts'

/**
 * An index as a weighted sum of the game's values: index(S) = sum over T of coefficient(|T|, |T and S|) v(T). Returns
 * [players + 1, size + 1], row-major, for sets S of one size; the alternating sums over the Moebius weights are exact.
 */
export function valueCoefficients(index: IndexName, size: number, players: number, order: number): Float64Array {
  const { weight } = indexDefinition(index)
  const weights = Array.from({ length: players + 1 }, (_, t) => (t < size ? zero : weight(size, t, order)))
  const table = new Float64Array((players + 1) * (size + 1))
  for (let t = 0; t <= players; t++)
    for (let shared = Math.max(0, t + size - players); shared <= Math.min(size, t); shared++) {
      const union = t + size - shared
      let sum = zero
      for (let more = 0; more <= players - union; more++) {
        const sign = (union + more - t) % 2 === 0 ? 1n : -1n
        sum = add(sum, multiply(fraction(sign * binomial(players - union, more)), weights[union + more]!))
      }
      table[t * (size + 1) + shared] = toNumber(sum)
    }
  return table
}

/** C(n, k) as a double. */
export const choose = (n: number, k: number) => Number(binomial(n, k))
