import { InterplayError } from '../../errors/index.ts'
import type { Splits } from '../items.ts'
import type { WindowOptions } from './windows.ts'

/** Scenes of bodies that move: the first `past` steps are given, the others are to be foretold. */
export interface Trajectories {
  scenes: number
  bodies: number
  steps: number
  /** 2 or 3. */
  dimensions: number
  past: number
  /** [scenes, bodies, steps, dimensions]; steps from `past` on may be missing (NaN) where they are to be predicted. */
  positions: Float32Array
  /** 1 where a body was seen, [scenes, bodies, steps]; all were where left out. */
  seen?: Uint8Array
  /** Kind of each body, [scenes, bodies]: charge, class of road user. */
  kinds?: Int32Array
  splits?: Splits
  /** What each body is called, [scenes x bodies]; empty where none is there. */
  names?: readonly string[]
  /** How the scenes were cut out of recordings. */
  windows?: WindowOptions
}

/** @throws InterplayError `data/empty`, `data/too-short`, `data/not-finite` */
export function checkTrajectories(data: Trajectories, purpose: 'fit' | 'predict'): void {
  const { scenes, bodies, steps, dimensions, past, positions, seen } = data
  if (scenes * bodies === 0) throw new InterplayError('data/empty', 'there are no trajectories')
  const needed = purpose === 'fit' ? past + 1 : past
  if (steps < needed)
    throw new InterplayError('data/too-short', `the trajectories have ${steps} steps, ${needed} are needed`)
  const broken = positions.findIndex((value, i) => {
    const place = Math.floor(i / dimensions)
    const asked = purpose === 'fit' || place % steps < past
    return asked && (seen?.[place] ?? 1) === 1 && !Number.isFinite(value)
  })
  if (broken < 0) return
  const place = Math.floor(broken / dimensions)
  const [scene, body, step] = [Math.floor(place / (bodies * steps)), Math.floor(place / steps) % bodies, place % steps]
  throw new InterplayError(
    'data/not-finite',
    `scene ${scene + 1}, body ${body + 1}, step ${step + 1}: a position is not finite`,
  )
}

/** Scenes of several sources one after another; bodies of each stay as they are. Throws `data/shape` where they differ. */
export function joinTrajectories(parts: readonly Trajectories[]): Trajectories {
  const [first] = parts
  if (!first) throw new InterplayError('data/empty', 'there are no trajectories')
  const { bodies, steps, dimensions, past } = first
  const other = parts.find(
    part => part.bodies !== bodies || part.steps !== steps || part.dimensions !== dimensions || part.past !== past,
  )
  if (other) {
    const shape = (part: Trajectories) => `${part.bodies} bodies, ${part.steps} steps, ${part.dimensions} dimensions`
    throw new InterplayError('data/shape', `trajectories of ${shape(first)} and of ${shape(other)} do not join`)
  }
  const scenes = parts.reduce((sum, part) => sum + part.scenes, 0)
  const positions = new Float32Array(scenes * bodies * steps * dimensions)
  const seen = new Uint8Array(scenes * bodies * steps).fill(1)
  let start = 0
  for (const part of parts) {
    positions.set(part.positions, start * dimensions)
    if (part.seen) seen.set(part.seen, start)
    start += part.scenes * bodies * steps
  }
  return { scenes, bodies, steps, dimensions, past, positions, seen }
}
