import { dense, identity, multiply, solvePositive, symmetrized } from '../../../linear-algebra/index.ts'
import type { Coupling } from './coupling.ts'
import type { ModeFunctions } from './functions.ts'
import { ProductMoments } from './moments.ts'

/** Shares of the old messages that a pass keeps. */
export interface Damping {
  functions: number
  core: number
  noise: number
}

/** Of the noise precision, a Gamma distribution. */
export interface NoisePrior {
  shape: number
  rate: number
}

/**
 * Conditional expectation propagation for y = w^T (u^1 x ... x u^K) + noise (sections 4.2 and 4.3 of the paper): the
 * functions of each mode are sent a Gaussian message by each entry, given the expectations of all else, and meet their
 * Gaussian-process prior by filtering and smoothing; then the core, then the noise precision, in closed form.
 */
export class Inference {
  /** E[tau]: the precision of the noise. */
  precision: number
  /** w^T E[z] of each entry, as of the last pass. */
  readonly fitted: Float64Array
  /** Half of the expected squared residuals, summed. */
  residual: number
  private readonly product: ProductMoments
  private readonly corePrecision: Float64Array
  private readonly coreShift: Float64Array

  constructor(
    private readonly modes: readonly ModeFunctions[],
    readonly coupling: Coupling,
    private readonly values: Float64Array,
    private readonly prior: NoisePrior,
    start: { precision: number; residual?: number },
  ) {
    this.precision = start.precision
    this.residual = start.residual ?? 0
    this.fitted = new Float64Array(values.length)
    this.product = new ProductMoments(coupling.form, coupling.ranks)
    this.corePrecision = new Float64Array(coupling.covariance.length)
    this.coreShift = new Float64Array(coupling.size)
  }

  /** Updates every mode, the core and, unless it is held, the noise. */
  pass(damping: Damping, { holdNoise = false } = {}): void {
    this.modes.forEach((_, mode) => this.updateMode(mode, damping.functions))
    if (this.coupling.form === 'tucker') this.updateCore(damping.core)
    this.updateNoise(damping.noise, holdNoise)
  }

  /** Sends the functions of a mode the messages of all entries, and smooths. */
  updateMode(mode: number, kept: number): void {
    const functions = this.modes[mode]!
    const { rank, place, precision, shift } = functions
    const matrix = this.coupling.unfold(mode)
    const square = rank * rank
    const fresh = (1 - kept) * this.precision
    const mean = new Float64Array(rank)
    const second = new Float64Array(square)
    const half = new Float64Array(matrix ? matrix.data.length : 0)
    for (let i = 0; i < precision.length; i++) precision[i]! *= kept
    for (let i = 0; i < shift.length; i++) shift[i]! *= kept
    this.eachEntry(entry => {
      if (matrix) applied(matrix.data, this.product, rank, mean, second, half)
      const [a, aa] = matrix ? [mean, second] : [this.product.first, this.product.second]
      const at = place[entry]!
      const pull = fresh * this.values[entry]!
      for (let p = 0; p < rank; p++) shift[at * rank + p]! += pull * a[p]!
      for (let p = 0; p < square; p++) precision[at * square + p]! += fresh * aa[p]!
    }, mode)
    functions.smooth()
  }

  /** precision = I + sum E[tau] E[z z^T], shift = sum E[tau] y E[z]. */
  updateCore(kept: number): void {
    const { corePrecision, coreShift, coupling, values, product } = this
    const { size } = coupling
    const fresh = (1 - kept) * this.precision
    for (let i = 0; i < corePrecision.length; i++) corePrecision[i]! *= kept
    for (let i = 0; i < coreShift.length; i++) coreShift[i]! *= kept
    this.eachEntry(entry => {
      const pull = fresh * values[entry]!
      for (let i = 0; i < size; i++) coreShift[i]! += pull * product.first[i]!
      for (let i = 0; i < corePrecision.length; i++) corePrecision[i]! += fresh * product.second[i]!
    })
    const precision = identity(size)
    for (let i = 0; i < corePrecision.length; i++) precision.data[i]! += corePrecision[i]!
    const covariance = symmetrized(solvePositive(symmetrized(precision), identity(size)))
    coupling.setWeights(multiply(covariance, dense(size, 1, coreShift)).data, covariance.data)
  }

  private updateNoise(kept: number, held: boolean): void {
    const { coupling, values, product, fitted } = this
    const { weights, size } = coupling
    const secondWeights = coupling.secondWeights()
    let half = 0
    this.eachEntry(entry => {
      let mean = 0
      let second = 0
      for (let i = 0; i < size; i++) mean += weights[i]! * product.first[i]!
      for (let i = 0; i < secondWeights.length; i++) second += secondWeights[i]! * product.second[i]!
      const y = values[entry]!
      half += (y * y - 2 * y * mean + second) / 2
      fitted[entry] = mean
    })
    this.residual = kept * this.residual + (1 - kept) * half
    if (!held) this.precision = (this.prior.shape + values.length / 2) / (this.prior.rate + this.residual)
  }

  /** Calls `use` for each entry, with the moments of the product of all modes, or all but one, at hand. */
  private eachEntry(use: (entry: number) => void, without?: number): void {
    const { modes, product, values } = this
    const places = new Int32Array(modes.length)
    for (let entry = 0; entry < values.length; entry++) {
      for (let k = 0; k < modes.length; k++) places[k] = modes[k]!.place[entry]!
      product.of(modes, places, without)
      use(entry)
    }
  }
}

/** mean = M E[z], second = M E[z z^T] M^T. */
function applied(
  matrix: Float64Array,
  { first, second: inner, size }: ProductMoments,
  rank: number,
  mean: Float64Array,
  second: Float64Array,
  half: Float64Array,
): void {
  for (let p = 0; p < rank; p++) {
    let sum = 0
    for (let i = 0; i < size; i++) sum += matrix[p * size + i]! * first[i]!
    mean[p] = sum
    for (let j = 0; j < size; j++) {
      let column = 0
      for (let i = 0; i < size; i++) column += matrix[p * size + i]! * inner[i * size + j]!
      half[p * size + j] = column
    }
  }
  for (let p = 0; p < rank; p++) {
    for (let q = 0; q <= p; q++) {
      let sum = 0
      for (let j = 0; j < size; j++) sum += half[p * size + j]! * matrix[q * size + j]!
      second[p * rank + q] = second[q * rank + p] = sum
    }
  }
}
