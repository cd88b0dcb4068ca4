import { dense, identity, plus, solvePositive, type Dense } from '../../../linear-algebra/index.ts'
import { Random } from '../../../random/index.ts'
import { Coupling } from './coupling.ts'
import type { Entries } from './learn.ts'

export interface BinnedTuckerOptions {
  bins: number
  ranks: readonly number[]
  sweeps: number
  /** Ridge on every least-squares problem. */
  ridge: number
  seed: number
}

/**
 * What one does without functions: each mode cut into equal bins, and a Tucker decomposition of the incomplete tensor by
 * alternating least squares. Returns what it answers at positions, one list a mode.
 */
export function binnedTucker(
  { positions, values }: Entries,
  { bins, ranks, sweeps, ridge, seed }: BinnedTuckerOptions,
): (at: readonly Float64Array[]) => Float64Array {
  const binOf = (position: number) => Math.min(bins - 1, Math.max(0, Math.floor(position * bins)))
  const places = positions.map(at => Int32Array.from(at, binOf))
  const random = new Random(seed, 'binned-tucker')
  const factors = ranks.map(rank => Float64Array.from({ length: bins * rank }, () => random.normal()))
  const coupling = new Coupling('tucker', ranks)
  const row = (mode: number, bin: number) => factors[mode]!.subarray(bin * ranks[mode]!, (bin + 1) * ranks[mode]!)
  const product = (bin: (mode: number) => number, without = -1) =>
    ranks.reduce<number[]>((z, _, mode) => (mode === without ? z : kronecker(z, row(mode, bin(mode)))), [1])
  const updateCore = () => {
    const system = new NormalEquations(coupling.size, ridge)
    values.forEach((y, entry) =>
      system.add(
        product(mode => places[mode]![entry]!),
        y,
      ),
    )
    coupling.setWeights(system.solution(), coupling.covariance)
  }
  updateCore()
  for (let sweep = 0; sweep < sweeps; sweep++) {
    ranks.forEach((rank, mode) => {
      const systems = Array.from({ length: bins }, () => new NormalEquations(rank, ridge))
      const matrix = coupling.unfold(mode)!
      values.forEach((y, entry) => {
        const others = product(k => places[k]![entry]!, mode)
        const coefficients = Array.from({ length: rank }, (_, r) =>
          others.reduce((sum, value, i) => sum + matrix.data[r * others.length + i]! * value, 0),
        )
        systems[places[mode]![entry]!]!.add(coefficients, y)
      })
      systems.forEach((system, bin) => row(mode, bin).set(system.solution()))
    })
    updateCore()
  }
  return at =>
    Float64Array.from(at[0]!, (_, entry) =>
      product(mode => binOf(at[mode]![entry]!)).reduce((sum, value, i) => sum + coupling.weights[i]! * value, 0),
    )
}

const kronecker = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from({ length: a.length * b.length }, (_, i) => a[Math.floor(i / b.length)]! * b[i % b.length]!)

/** Ridge regression, a row at a time. */
class NormalEquations {
  private readonly gram: Dense
  private readonly pull: Dense

  constructor(
    private readonly size: number,
    private readonly ridge: number,
  ) {
    this.gram = dense(size, size)
    this.pull = dense(size, 1)
  }

  add(row: readonly number[], value: number): void {
    for (let i = 0; i < this.size; i++) {
      this.pull.data[i]! += row[i]! * value
      for (let j = 0; j < this.size; j++) this.gram.data[i * this.size + j]! += row[i]! * row[j]!
    }
  }

  solution(): Float64Array {
    return solvePositive(plus(this.gram, identity(this.size), this.ridge), this.pull).data
  }
}
