import type { Matern } from '../../../state-space/index.ts'
import { Coupling } from './coupling.ts'
import { curvesAt, type Belief, type Curves } from './functions.ts'
import { ProductMoments, type FactorMoments } from './moments.ts'

/** All that was learned: messages to the functions of each mode, the core, and the noise. */
export interface Posterior {
  kernel: Matern
  ranks: readonly number[]
  form: 'tucker' | 'cp'
  stabilizer: number
  modes: readonly Belief[]
  /** [size] and [size, size], the last mode fastest; of CP ones and zeros. */
  core: { mean: Float64Array; covariance: Float64Array }
  /** E[tau]. */
  precision: number
}

/** Means and variances of new measurements, the noise included. */
export interface Predicted {
  mean: Float64Array
  variance: Float64Array
}

/** The functions of one mode at any positions: exact, also outside what was measured. */
export const curvesOf = ({ modes, kernel, ranks, stabilizer }: Posterior, mode: number, at: Float64Array): Curves =>
  curvesAt(modes[mode]!, kernel, ranks[mode]!, at, stabilizer)

/** What would be measured at positions, one list a mode: E[y] and E[y^2] - E[y]^2 + 1 / E[tau]. */
export function predictAt(posterior: Posterior, positions: readonly Float64Array[]): Predicted {
  const { form, ranks, core, precision } = posterior
  const coupling = new Coupling(form, ranks)
  coupling.setWeights(core.mean, core.covariance)
  const secondWeights = coupling.secondWeights()
  const product = new ProductMoments(form, ranks)
  const factors = positions.map((at, mode) => momentsOf(curvesOf(posterior, mode, at), ranks[mode]!))
  const entries = positions[0]!.length
  const mean = new Float64Array(entries)
  const variance = new Float64Array(entries)
  const places = new Int32Array(positions.length)
  for (let entry = 0; entry < entries; entry++) {
    product.of(factors, places.fill(entry))
    let second = 0
    for (let i = 0; i < coupling.size; i++) mean[entry]! += coupling.weights[i]! * product.first[i]!
    for (let i = 0; i < secondWeights.length; i++) second += secondWeights[i]! * product.second[i]!
    variance[entry] = Math.max(second - mean[entry]! ** 2, 0) + 1 / precision
  }
  return { mean, variance }
}

function momentsOf({ means, covariances }: Curves, rank: number): FactorMoments {
  const square = rank * rank
  const seconds = covariances.map((value, i) => {
    const place = Math.floor(i / square) * rank
    return value + means[place + Math.floor((i % square) / rank)]! * means[place + (i % rank)]!
  })
  return { rank, means, seconds }
}

/**
 * Whether nothing was found: every function is below 1e-3 wherever it was measured, or the noise is all there is to values
 * of variance 1.
 */
export function collapsed(posterior: Posterior): boolean {
  if (1 / posterior.precision > 0.99) return true
  const small = (mode: number) => {
    const { means } = curvesOf(posterior, mode, posterior.modes[mode]!.positions)
    return means.every(value => Math.abs(value) < 1e-3)
  }
  return posterior.ranks.every((_, mode) => small(mode))
}
