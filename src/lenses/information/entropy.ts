import { mutualInformation as inNats } from '../../streaming/index.ts'

/** Entropy of a distribution, in bits. */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!
    if (p > 0) sum -= p * Math.log2(p)
  }
  return sum
}

/** Mutual information of two variables, in bits, from their joint distribution [rows, columns]. */
export const mutualInformation = (joint: Float64Array, columns: number): number =>
  inNats(joint, joint.length / columns, columns) / Math.LN2
