import { dense, type Dense } from '../../../linear-algebra/index.ts'
import {
  emitted,
  maternStateSpace,
  smooth,
  type Gaussian,
  type Matern,
  type Transition,
} from '../../../state-space/index.ts'

/** What is believed of the functions of one mode, wherever entries were measured. */
export interface Belief {
  /** Distinct positions in [0, 1], ascending. */
  positions: Float64Array
  /** Sums of the messages of the entries at each position: [positions, rank, rank] and [positions, rank]. */
  precision: Float64Array
  shift: Float64Array
}

/** Means [places, rank] and covariances [places, rank, rank] of the functions of a mode. */
export interface Curves {
  positions: Float64Array
  means: Float64Array
  covariances: Float64Array
}

/** The functions of one mode: Gaussian processes that are held at the positions where entries were measured. */
export class ModeFunctions {
  readonly positions: Float64Array
  /** The position of each entry. */
  readonly place: Int32Array
  /** [positions, rank]: E[u]. */
  readonly means: Float64Array
  /** [positions, rank, rank]: E[u u^T]. */
  readonly seconds: Float64Array
  readonly precision: Float64Array
  readonly shift: Float64Array
  private readonly chain: ReturnType<typeof maternStateSpace>
  private readonly transitions: Transition[]

  /** `at`: the position of each entry. `start` replaces the prior mean, which is zero, of the first state. */
  constructor(
    at: Float64Array,
    readonly kernel: Matern,
    readonly rank: number,
    private readonly stabilizer = 0,
    private readonly start?: Dense,
  ) {
    this.positions = distinct(at)
    const places = new Map(Array.from(this.positions, (position, i) => [position, i]))
    this.place = Int32Array.from(at, position => places.get(position)!)
    const n = this.positions.length
    this.means = new Float64Array(n * rank)
    this.seconds = new Float64Array(n * rank * rank)
    this.precision = new Float64Array(n * rank * rank)
    this.shift = new Float64Array(n * rank)
    this.chain = maternStateSpace(kernel, rank)
    this.transitions = gaps(this.positions).map(gap => this.chain.transition(gap))
  }

  /** The function values at the positions, as they are believed: means [positions, rank] and one covariance for all. */
  believe(means: ArrayLike<number>, covariance: Dense): void {
    this.means.set(means)
    this.positions.forEach((_, i) => this.remember(i, covariance.data))
  }

  /** Lets the messages at all positions meet the prior. */
  smooth(): void {
    const { stationary, emission } = this.chain
    const { states } = smooth({
      start: this.start ? { ...stationary, mean: this.start } : stationary,
      transitions: this.transitions,
      emission,
      messages: Array.from(this.positions, (_, i) => messageAt(this, i, this.rank, this.stabilizer)),
    })
    states.forEach((state, i) => {
      const { mean, covariance } = emitted(state, emission)
      this.means.set(mean.data, i * this.rank)
      this.remember(i, covariance.data)
    })
  }

  private remember(position: number, covariance: Float64Array): void {
    const { rank, means, seconds } = this
    for (let p = 0; p < rank; p++) {
      for (let q = 0; q < rank; q++) {
        seconds[(position * rank + p) * rank + q] =
          covariance[p * rank + q]! + means[position * rank + p]! * means[position * rank + q]!
      }
    }
  }
}

/** The functions at positions of any order, within the range of the measured ones or outside: exact, by smoothing over both. */
export function curvesAt(belief: Belief, kernel: Matern, rank: number, query: Float64Array, stabilizer = 0): Curves {
  const all = distinct(Float64Array.from([...belief.positions, ...query]))
  const measured = new Map(Array.from(belief.positions, (position, i) => [position, i]))
  const { stationary, emission, transition } = maternStateSpace(kernel, rank)
  const { states } = smooth({
    start: stationary,
    transitions: gaps(all).map(transition),
    emission,
    messages: Array.from(all, position => {
      const i = measured.get(position)
      return i === undefined ? undefined : messageAt(belief, i, rank, stabilizer)
    }),
  })
  const seen = new Map<number, Gaussian>(Array.from(all, (position, i) => [position, emitted(states[i]!, emission)]))
  const means = new Float64Array(query.length * rank)
  const covariances = new Float64Array(query.length * rank * rank)
  query.forEach((position, i) => {
    const { mean, covariance } = seen.get(position)!
    means.set(mean.data, i * rank)
    covariances.set(covariance.data, i * rank * rank)
  })
  return { positions: query, means, covariances }
}

function messageAt({ precision, shift }: Belief, i: number, rank: number, stabilizer: number) {
  const square = rank * rank
  const message = {
    precision: dense(rank, rank, precision.subarray(i * square, (i + 1) * square)),
    shift: dense(rank, 1, shift.subarray(i * rank, (i + 1) * rank)),
  }
  for (let p = 0; p < rank; p++) message.precision.data[p * rank + p]! += stabilizer
  return message
}

const distinct = (values: Float64Array): Float64Array => Float64Array.from(new Set(values)).sort()

const gaps = (positions: Float64Array): number[] =>
  Array.from(positions.subarray(1), (position, i) => position - positions[i]!)
