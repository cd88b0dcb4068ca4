import { taken, type Trajectories } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'

/** Trajectories as the network takes them: bodies that are there first, the rest of a scene filled up. */
export interface Scenes {
  count: number
  bodies: number
  dimensions: number
  past: number
  futureSteps: number
  /** [scenes, bodies, past, dimensions]; 0 where a body is not there. */
  locations: Float32Array
  /** [scenes, bodies, future, dimensions]; 0 where it was not seen. */
  future: Float32Array
  /** 1 for bodies seen at every step of the past, [scenes, bodies]. */
  there: Float32Array
  /** 1 for those also seen at every step of the future. */
  counted: Uint8Array
}

/** Whose futures count: every body's, or each scene's first. */
export type Learned = 'all' | 'first'

/** 1 for the bodies of these scenes whose futures count, [rows, bodies]. */
export const countedOf = ({ counted, bodies }: Scenes, rows: Int32Array, learned: Learned): Uint8Array =>
  taken(counted, bodies, rows).map((seen, at) => (learned === 'first' && at % bodies > 0 ? 0 : seen))

/**
 * @throws InterplayError `data/shape` where dimensions are not 2 or 3, bodies are fewer than 2 or steps too few; `data/seen`
 * where a body that is there stands behind one that is not
 */
export function scenesOf(data: Trajectories, future = data.steps - data.past): Scenes {
  const { scenes, bodies, steps, dimensions, past, positions, seen } = data
  if (dimensions !== 2 && dimensions !== 3) throw shape(`positions have ${dimensions} coordinates, 2 or 3 are needed`)
  if (bodies < 2) throw shape('scenes of one body have no interactions: 2 or more are needed')
  if (past < 2) throw shape(`${past} past steps give no velocity: 2 or more are needed`)
  const result: Scenes = {
    count: scenes,
    bodies,
    dimensions,
    past,
    futureSteps: future,
    locations: new Float32Array(scenes * bodies * past * dimensions),
    future: new Float32Array(scenes * bodies * future * dimensions),
    there: new Float32Array(scenes * bodies),
    counted: new Uint8Array(scenes * bodies),
  }
  const has = (body: number, from: number, to: number) => {
    for (let step = from; step < to; step++) if (!known(body * steps + step)) return false
    return true
  }
  const known = (place: number) => (seen?.[place] ?? 1) === 1 && Number.isFinite(positions[place * dimensions])
  for (let body = 0; body < scenes * bodies; body++) {
    if (!has(body, 0, past)) continue
    if (body % bodies > 0 && result.there[body - 1] === 0) throw unpacked(body, bodies)
    const start = body * steps * dimensions
    const middle = start + past * dimensions
    result.there[body] = 1
    result.locations.set(positions.subarray(start, middle), body * past * dimensions)
    if (steps < past + future || !has(body, past, past + future)) continue
    result.counted[body] = 1
    result.future.set(positions.subarray(middle, middle + future * dimensions), body * future * dimensions)
  }
  for (let scene = 0; scene < scenes; scene++) {
    if (result.there[scene * bodies] === 0) throw shape(`scene ${scene + 1} has no body that is seen at all past steps`)
  }
  return result
}

const shape = (message: string) => new InterplayError('data/shape', message)

const unpacked = (body: number, bodies: number) =>
  new InterplayError(
    'data/seen',
    `scene ${Math.floor(body / bodies) + 1}: body ${(body % bodies) + 1} is there, the one before it is not`,
    { try: 'bodies that are seen at all past steps first' },
  )
