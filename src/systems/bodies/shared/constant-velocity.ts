import { Random } from '../../../random/index.ts'

export interface ConstantVelocityOptions {
  /** Steps seen, and asked for. */
  past: number
  future: number
  /** 2 or 3; headings are turned in the plane of the first two. */
  dimensions: number
  /** Futures of each body. Default 1. */
  samples?: number
  /** Standard deviation in degrees by which a future's heading is turned. Default 0. */
  headingNoise?: number
  seed?: number
}

/**
 * Futures [bodies, samples, future, dimensions] of positions [bodies, past, dimensions] that go on as from the last step but
 * one to the last; several of a body differ in their heading (Schöller et al. 2020: 20, by 25 degrees, is hard to beat).
 */
export function constantVelocity(
  positions: Float32Array,
  { past, future, dimensions, samples = 1, headingNoise = 0, seed = 1 }: ConstantVelocityOptions,
): Float32Array {
  const bodies = positions.length / (past * dimensions)
  const futures = new Float32Array(bodies * samples * future * dimensions)
  const random = new Random(seed, 'headings')
  for (let sample = 0; sample < bodies * samples; sample++) {
    const last = (Math.floor(sample / samples) * past + past - 1) * dimensions
    const velocity = Array.from(
      { length: dimensions },
      (_, d) => positions[last + d]! - positions[last - dimensions + d]!,
    )
    const turned = headingNoise > 0 ? turn(velocity, (random.normal() * headingNoise * Math.PI) / 180) : velocity
    for (let step = 0; step < future; step++) {
      const place = (sample * future + step) * dimensions
      turned.forEach((speed, d) => (futures[place + d] = positions[last + d]! + (step + 1) * speed))
    }
  }
  return futures
}

function turn([x, y, ...up]: readonly number[], angle: number): number[] {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return [cosine * x! - sine * y!, sine * x! + cosine * y!, ...up]
}
