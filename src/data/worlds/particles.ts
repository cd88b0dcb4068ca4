import { Random } from '../../random/index.ts'
import type { Trajectories } from '../trajectories/trajectories.ts'
import type { World, WorldOptions } from './world.ts'

export interface Particles extends Trajectories {
  /** 1 where a spring joins two bodies, or their charges are of one sign: [scenes, bodies, bodies], 0 on the diagonal. */
  edges: Uint8Array
}

export interface ParticleOptions {
  kind: 'springs' | 'charged'
  scenes: number
  seed: number
  /** Default 5. */
  bodies?: number
  /** Default 3. */
  dimensions?: 2 | 3
  /** Frames kept, 200 steps of 0.001 apart; half of them are the past. Default 40. */
  frames?: number
  /** The first scene's number: a scene is the same whichever are made beside it. Default 0. */
  first?: number
}

const step = 0.001
const stepsPerFrame = 200
const spring = 0.1
const largestForce = 100

/**
 * Bodies in free space: springs -0.1 (x_i - x_j) between half of the pairs, or charges of +-1 by Coulomb's law, forces held
 * within +-100 by coordinate. Velocity then position, step by step; places start at standard deviation 0.5 (springs) or 1.
 */
export function particles(options: ParticleOptions): Particles {
  const { kind, scenes, seed, bodies = 5, dimensions = 3, frames = 40, first = 0 } = options
  const width = bodies * frames * dimensions
  const positions = new Float32Array(scenes * width)
  const edges = new Uint8Array(scenes * bodies * bodies)
  for (let scene = 0; scene < scenes; scene++) {
    const random = new Random(seed, `particles.${kind}`, first + scene)
    const joined = edges.subarray(scene * bodies ** 2, (scene + 1) * bodies ** 2)
    join(joined, bodies, kind, random)
    const deviation = kind === 'springs' ? 0.5 : 1
    const x = Float64Array.from({ length: bodies * dimensions }, () => deviation * random.normal())
    const v = startingVelocities(bodies, dimensions, random)
    const force = new Float64Array(x.length)
    const system = { edges: joined, kind, bodies, dimensions }
    const own = positions.subarray(scene * width, (scene + 1) * width)
    for (let frame = 0; frame < frames; frame++) {
      for (let body = 0; body < bodies; body++)
        for (let d = 0; d < dimensions; d++) own[(body * frames + frame) * dimensions + d] = x[body * dimensions + d]!
      for (let i = 0; i < stepsPerFrame; i++) move(x, v, force, system)
    }
  }
  const past = frames >> 1
  return { scenes, bodies, steps: frames, dimensions, past, positions, edges }
}

/** Springs between half of the pairs; or, between charges, 1 where the signs are the same. */
function join(edges: Uint8Array, bodies: number, kind: ParticleOptions['kind'], random: Random): void {
  const charges = Array.from({ length: bodies }, () => random.integer(2))
  for (let i = 0; i < bodies; i++) {
    for (let j = i + 1; j < bodies; j++) {
      const edge = kind === 'charged' ? Number(charges[i] === charges[j]) : random.integer(2)
      edges[i * bodies + j] = edges[j * bodies + i] = edge
    }
  }
}

/** Speed 0.5 in a random direction. */
function startingVelocities(bodies: number, dimensions: number, random: Random): Float64Array {
  const v = new Float64Array(bodies * dimensions)
  for (let body = 0; body < bodies; body++) {
    const direction = Array.from({ length: dimensions }, () => random.normal())
    const length = Math.hypot(...direction)
    direction.forEach((part, d) => (v[body * dimensions + d] = (0.5 * part) / length))
  }
  return v
}

/** One step: forces of all pairs, then velocities, then places. */
function move(
  x: Float64Array,
  v: Float64Array,
  force: Float64Array,
  { edges, kind, bodies, dimensions }: { edges: Uint8Array; kind: string; bodies: number; dimensions: number },
): void {
  force.fill(0)
  for (let i = 0; i < bodies; i++) {
    for (let j = i + 1; j < bodies; j++) {
      const edge = edges[i * bodies + j]!
      let scale = -spring * edge
      if (kind === 'charged') {
        let square = 0
        for (let d = 0; d < dimensions; d++) square += (x[i * dimensions + d]! - x[j * dimensions + d]!) ** 2
        scale = (2 * edge - 1) / (square * Math.sqrt(square))
      }
      if (scale === 0) continue
      for (let d = 0; d < dimensions; d++) {
        const pull = scale * (x[i * dimensions + d]! - x[j * dimensions + d]!)
        force[i * dimensions + d]! += pull
        force[j * dimensions + d]! -= pull
      }
    }
  }
  for (let at = 0; at < x.length; at++) {
    v[at]! += step * Math.max(-largestForce, Math.min(largestForce, force[at]!))
    x[at]! += step * v[at]!
  }
}

const world = (kind: ParticleOptions['kind'], title: string): World<Particles> => ({
  name: kind,
  title,
  task: 'sequence->future',
  make({ seed, size = 'full' }: WorldOptions): Particles {
    const [train, valid, test] = size === 'full' ? [1000, 200, 500] : [24, 8, 8]
    const made =
      size === 'full'
        ? particles({ kind, seed, scenes: train + valid + test })
        : particles({ kind, seed, scenes: train + valid + test, bodies: 3, frames: 8 })
    const range = (start: number, count: number) => Int32Array.from({ length: count }, (_, i) => start + i)
    const splits = { train: range(0, train), valid: range(train, valid), test: range(train + valid, test) }
    return { ...made, splits }
  },
})

export const springs = world('springs', 'bodies in free space, springs between half of the pairs')
export const charged = world('charged', 'bodies in free space, of two charges')
