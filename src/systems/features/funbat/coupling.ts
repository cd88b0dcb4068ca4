import { dense, type Dense } from '../../../linear-algebra/index.ts'

/**
 * How the functions of the modes act together: y = w^T z, z being the Kronecker product of all modes' values (Tucker) or
 * their Hadamard product (CP, all weights 1).
 */
export class Coupling {
  /** Values of z: the product of the ranks, or the rank. */
  readonly size: number
  /** [size]: E[w]. */
  readonly weights: Float64Array
  /** [size, size]: covariance of w. */
  readonly covariance: Float64Array
  private unfolded: Dense[] = []

  constructor(
    readonly form: 'tucker' | 'cp',
    readonly ranks: readonly number[],
  ) {
    this.size = form === 'tucker' ? ranks.reduce((product, rank) => product * rank, 1) : ranks[0]!
    this.weights = new Float64Array(this.size).fill(form === 'cp' ? 1 : 0)
    this.covariance = new Float64Array(this.size * this.size)
  }

  setWeights(weights: Float64Array, covariance: Float64Array): void {
    this.weights.set(weights)
    this.covariance.set(covariance)
    this.unfolded = []
  }

  /** [size, size]: E[w w^T]. */
  secondWeights(): Float64Array {
    return this.covariance.map(
      (value, i) => value + this.weights[Math.floor(i / this.size)]! * this.weights[i % this.size]!,
    )
  }

  /**
   * The matrix that takes the product of the other modes, in their order, to the coefficients of this mode's functions:
   * the core unfolded along the mode, [rank, product of the other ranks]. Of CP it is the identity, left out.
   */
  unfold(mode: number): Dense | undefined {
    if (this.form === 'cp') return undefined
    return (this.unfolded[mode] ??= unfold(this.weights, this.ranks, mode))
  }
}

/** Row-major values along one axis: [extent, product of the others, in order]. */
function unfold(values: Float64Array, extents: readonly number[], axis: number): Dense {
  const rows = extents[axis]!
  const inner = extents.slice(axis + 1).reduce((product, extent) => product * extent, 1)
  const columns = values.length / rows
  const result = dense(rows, columns)
  values.forEach((value, i) => {
    const row = Math.floor(i / inner) % rows
    const outer = Math.floor(i / (inner * rows))
    result.data[row * columns + outer * inner + (i % inner)] = value
  })
  return result
}
