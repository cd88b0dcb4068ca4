import { Random } from '../../random/index.ts'
import type { TensorEntries } from '../tensor/tensor.ts'
import type { World, WorldOptions } from './world.ts'

export interface SmoothTensor extends TensorEntries {
  /** Values without noise, of every entry. */
  clean: Float64Array
  /** Variance of a value's noise. */
  noise: number
  /** The two functions of each mode. */
  functions: readonly ((coordinate: number) => [number, number])[]
  /** [2, 2, 2], row-major. */
  core: Float64Array
}

const functions: SmoothTensor['functions'] = [
  t => [Math.sin(2 * Math.PI * t), Math.cos(3 * Math.PI * t)],
  t => [2 * Math.exp(-2 * t) * Math.sin(1.5 * Math.PI * t), 1 - 2 * t],
  t => [Math.cos(2 * Math.PI * t) ** 2, Math.sin(4 * Math.PI * t)],
]
const deviation = 0.1

/**
 * A tensor over three continuous modes of two smooth functions each, that interact through a core drawn from N(0, 1): 60
 * random coordinates a mode, 1,500 random entries to learn from and 1,500 to test, each with noise of deviation 0.1.
 */
export const smoothTensor: World<SmoothTensor> = {
  name: 'smooth-tensor',
  title: 'two smooth functions a mode that interact through a small core',
  task: 'tensor',
  make({ seed, size = 'full' }: WorldOptions): SmoothTensor {
    const [train, valid, test, places] = size === 'full' ? [1500, 150, 1500, 60] : [150, 20, 40, 12]
    const entries = train + valid + test
    const random = new Random(seed, 'smooth-tensor')
    const core = Float64Array.from({ length: 8 }, () => random.normal())
    const grid = functions.map(() => Float64Array.from({ length: places }, () => random.uniform()))
    const coordinates = new Float64Array(3 * entries)
    const clean = new Float64Array(entries)
    for (let entry = 0; entry < entries; entry++) {
      const at = grid.map(list => list[random.integer(places)]!)
      coordinates.set(at, 3 * entry)
      const seen = at.map((t, mode) => functions[mode]!(t))
      core.forEach((weight, i) => {
        clean[entry]! += weight * seen[0]![i >> 2]! * seen[1]![(i >> 1) & 1]! * seen[2]![i & 1]!
      })
    }
    const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i)
    return {
      modes: ['x', 'y', 'z'].map(name => ({ name })),
      coordinates,
      values: { name: 'value', data: clean.map(value => value + deviation * random.normal()) },
      splits: { train: range(0, train), valid: range(train, train + valid), test: range(train + valid, entries) },
      clean,
      noise: deviation ** 2,
      functions,
      core,
    }
  },
}
