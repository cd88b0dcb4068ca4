import { Random } from '../../random/index.ts'
import type { TickStream } from '../ticks/ticks.ts'
import type { World, WorldOptions } from './world.ts'

export interface Regimes extends TickStream {
  /** The regime of each tick. */
  regime: Int32Array
  /** The four features that a regime's labels depend on. */
  relevant: readonly (readonly number[])[]
  /** P(class) of each tick, by which its label was drawn: [ticks, 3]. */
  probabilities: Float64Array
}

const [blocks, blockSize, regimes] = [12, 4, 4]
const persistence = 0.9
const shared = 0.8
const shift = 1.5

/**
 * 48 features in 12 blocks of 4 that go together, each an autoregression of 0.9, and four regimes that take turns. In each
 * the means of some blocks lie elsewhere, and the label, down, flat or up, depends on four other features: two alone, two
 * by their product.
 */
export const regimeTicks: World<Regimes> = {
  name: 'regimes',
  title: 'a stream in which other features matter from time to time',
  task: 'stream',
  make({ seed, size = 'full' }: WorldOptions): Regimes {
    const [ticks, dwell] = size === 'full' ? [120_000, 15_000] : [1600, 200]
    const random = new Random(seed, 'regimes')
    const features = blocks * blockSize
    const relevant = Array.from({ length: regimes }, (_, r) =>
      [0, 1, 2].map(k => (3 * r + k) * blockSize).flatMap((at, k) => (k === 2 ? [at, at + 1] : [at])),
    )
    const means = Array.from({ length: regimes }, () =>
      Float64Array.from({ length: blocks }, () => shift * (random.integer(3) - 1)),
    )
    const common = Float64Array.from({ length: blocks }, () => random.normal())
    const own = Float64Array.from({ length: features }, () => random.normal())
    const values = new Float32Array(ticks * features)
    const regime = new Int32Array(ticks)
    const labels = new Int32Array(ticks)
    const probabilities = new Float64Array(3 * ticks)
    const innovation = Math.sqrt(1 - persistence ** 2)
    for (let t = 0; t < ticks; t++) {
      const r = Math.floor(t / dwell) % regimes
      regime[t] = r
      for (let b = 0; b < blocks; b++) common[b] = persistence * common[b]! + innovation * random.normal()
      const z = new Float64Array(features)
      for (let j = 0; j < features; j++) {
        own[j] = persistence * own[j]! + innovation * random.normal()
        const block = Math.floor(j / blockSize)
        z[j] = Math.sqrt(shared) * common[block]! + Math.sqrt(1 - shared) * own[j]!
        values[t * features + j] = z[j]! + means[r]![block]!
      }
      const [a, b, c, d] = relevant[r]!.map(j => z[j]!) as [number, number, number, number]
      const score = 2.2 * a - 2.2 * b + 1.2 * (c * d - shared)
      const weights = [Math.exp(-score), 1.2, Math.exp(score)]
      const total = weights[0]! + weights[1]! + weights[2]!
      weights.forEach((weight, k) => (probabilities[3 * t + k] = weight / total))
      const drawn = random.uniform() * total
      labels[t] = drawn < weights[0]! ? 0 : drawn < weights[0]! + weights[1]! ? 1 : 2
    }
    return {
      features: Array.from({ length: features }, (_, j) => `x${j}`),
      times: Float64Array.from({ length: ticks }, (_, t) => t),
      values,
      labels: { name: 'move', classes: ['down', 'flat', 'up'], values: labels },
      regime,
      relevant,
      probabilities,
    }
  },
}
