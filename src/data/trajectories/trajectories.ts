import { InterplayError } from '../../errors/index.ts'
import type { Splits } from '../items.ts'

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
