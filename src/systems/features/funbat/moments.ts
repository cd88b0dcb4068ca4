/** E[u] and E[u u^T] of the functions of a mode at some places: [places, rank] and [places, rank, rank]. */
export interface FactorMoments {
  rank: number
  means: Float64Array
  seconds: Float64Array
}

/**
 * E[z] and E[z z^T] of a product z of independent factors: of a Kronecker or Hadamard product, the product of the factors'
 * own. The results lie in two buffers that the next call reuses.
 */
export class ProductMoments {
  /** Values of z, of the last call. */
  size = 0
  first: Float64Array
  second: Float64Array
  private spareFirst: Float64Array
  private spareSecond: Float64Array

  constructor(
    private readonly form: 'tucker' | 'cp',
    ranks: readonly number[],
  ) {
    const most = form === 'tucker' ? ranks.reduce((product, rank) => product * rank, 1) : ranks[0]!
    this.first = new Float64Array(most)
    this.second = new Float64Array(most * most)
    this.spareFirst = new Float64Array(most)
    this.spareSecond = new Float64Array(most * most)
  }

  /** Of the factors in their order, each at its place, `without` one. */
  of(factors: readonly FactorMoments[], places: ArrayLike<number>, without = -1): void {
    this.size = 0
    for (let k = 0; k < factors.length; k++) {
      if (k === without) continue
      const { rank, means, seconds } = factors[k]!
      const place = places[k]!
      if (this.size === 0) this.begin(rank, means, seconds, place)
      else if (this.form === 'cp') this.hadamard(rank, means, seconds, place)
      else this.kronecker(rank, means, seconds, place)
    }
  }

  private begin(rank: number, means: Float64Array, seconds: Float64Array, place: number): void {
    const square = rank * rank
    for (let p = 0; p < rank; p++) this.first[p] = means[place * rank + p]!
    for (let p = 0; p < square; p++) this.second[p] = seconds[place * square + p]!
    this.size = rank
  }

  private hadamard(rank: number, means: Float64Array, seconds: Float64Array, place: number): void {
    const square = rank * rank
    for (let p = 0; p < rank; p++) this.first[p]! *= means[place * rank + p]!
    for (let p = 0; p < square; p++) this.second[p]! *= seconds[place * square + p]!
  }

  private kronecker(rank: number, means: Float64Array, seconds: Float64Array, place: number): void {
    const { size, first, second, spareFirst, spareSecond } = this
    const grown = size * rank
    for (let i = 0; i < size; i++) {
      for (let p = 0; p < rank; p++) spareFirst[i * rank + p] = first[i]! * means[place * rank + p]!
      for (let j = 0; j < size; j++) {
        const outer = second[i * size + j]!
        for (let p = 0; p < rank; p++) {
          const row = (i * rank + p) * grown + j * rank
          const from = (place * rank + p) * rank
          for (let q = 0; q < rank; q++) spareSecond[row + q] = outer * seconds[from + q]!
        }
      }
    }
    this.size = grown
    this.first = spareFirst
    this.second = spareSecond
    this.spareFirst = first
    this.spareSecond = second
  }
}
