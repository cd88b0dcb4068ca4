import { entropy } from './entropy.ts'

/**
 * A lower bound, in bits, of the entropy of every joint distribution with these two marginals: that of the distribution which
 * both majorise and that majorises all others they do (Cicalese, Gargano and Vaccaro 2019, the greatest lower bound).
 */
export function couplingEntropy(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [first, second] = [a, b].map(values => Float64Array.from(values).sort().reverse()) as [
    Float64Array,
    Float64Array,
  ]
  const length = Math.max(first.length, second.length)
  const both = new Float64Array(length)
  let [sumA, sumB, taken] = [0, 0, 0]
  for (let i = 0; i < length; i++) {
    sumA += first[i] ?? 0
    sumB += second[i] ?? 0
    both[i] = Math.max(0, Math.min(sumA, sumB) - taken)
    taken += both[i]!
  }
  return entropy(both)
}
