/** Means and variances of columns that forget: a row counts half after `halfLife` more. */
export class DecayingMoments {
  readonly mean: Float64Array
  readonly variance: Float64Array
  /** Sum of the weights of all rows: the rows there would be of weight 1. */
  weight = 0

  constructor(
    width: number,
    public halfLife: number,
  ) {
    this.mean = new Float64Array(width)
    this.variance = new Float64Array(width)
  }

  /** Forgets all rows. */
  reset(): void {
    this.weight = 0
    this.mean.fill(0)
    this.variance.fill(0)
  }

  /** Takes in the row of a flat list that starts at `offset`. */
  add(values: ArrayLike<number>, offset = 0): void {
    const kept = 2 ** (-1 / this.halfLife)
    this.weight = this.weight * kept + 1
    const share = 1 / this.weight
    for (let j = 0; j < this.mean.length; j++) {
      const change = values[offset + j]! - this.mean[j]!
      this.mean[j]! += share * change
      this.variance[j] = (1 - share) * (this.variance[j]! + share * change * change)
    }
  }

  /** The row in deviations from the mean, within [-limit, limit]; 0 for a column that has not varied. */
  scale(values: ArrayLike<number>, into: Float32Array, { offset = 0, limit = 5 } = {}): void {
    for (let j = 0; j < this.mean.length; j++) {
      const deviation = Math.sqrt(this.variance[j]!)
      const scaled = deviation > 1e-12 ? (values[offset + j]! - this.mean[j]!) / deviation : 0
      into[j] = Math.max(-limit, Math.min(limit, scaled))
    }
  }
}
