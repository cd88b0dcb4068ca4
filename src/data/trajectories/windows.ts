import { taken } from '../taken.ts'
import type { Tracks } from './tracks.ts'
import type { Trajectories } from './trajectories.ts'

export interface WindowOptions {
  /** Steps that are seen, and that are asked for. */
  past: number
  future: number
  /** Bodies of a scene: the one it is about, and its nearest neighbours. */
  bodies: number
  /**
   * Where as many bodies are about as a scene holds, neighbours are those nearer than this at the last step of the past, in the
   * unit of the positions; where fewer are, all of them.
   */
  radius: number
}

/**
 * Scenes around every body at every moment at which it is seen throughout `past + future` steps: the body first, then others
 * seen as long, the nearest first (the authors' preparation of ETH-UCY in EqMotion, after Social GAN and AgentFormer).
 */
export function windowsOf(recording: Tracks, options: WindowOptions): Trajectories {
  const steps = options.past + options.future
  return scenesOf(recording, around(recording, [...wholeTracks(recording, steps).values()], options), steps, options)
}

/** Scenes around every body that is seen throughout the last `past` steps of a recording, with the names of their bodies. */
export function presentOf(recording: Tracks, options: WindowOptions): Trajectories {
  const { bodies, names } = recording
  const whole = wholeTracks(recording, options.past)
  const scenes = around(recording, [whole.get(recording.moments.reduce((a, b) => Math.max(a, b), 0)) ?? []], options)
  const named = (track: Int32Array | undefined) => (track ? names[bodies[track[0]!]!]! : '')
  return {
    ...scenesOf(recording, scenes, options.past, options),
    names: scenes.flatMap(tracks => Array.from({ length: options.bodies }, (_, body) => named(tracks[body]))),
  }
}

/** A scene around each track of those that are seen together: the track and its nearest neighbours. */
function around(
  recording: Tracks,
  together: readonly (readonly Int32Array[])[],
  { past, bodies, radius }: WindowOptions,
): Int32Array[][] {
  const scenes: Int32Array[][] = []
  for (const tracks of together) {
    for (const track of tracks) {
      const others = tracks
        .filter(other => other !== track)
        .map(other => ({ other, away: distance(recording, track[past - 1]!, other[past - 1]!) }))
        .filter(({ away }) => tracks.length < bodies || away < radius)
        .sort((a, b) => a.away - b.away)
        .slice(0, bodies - 1)
      scenes.push([track, ...others.map(({ other }) => other)])
    }
  }
  return scenes
}

function scenesOf(
  { dimensions, positions }: Tracks,
  scenes: readonly (readonly Int32Array[])[],
  steps: number,
  { past, bodies }: WindowOptions,
): Trajectories {
  const width = steps * dimensions
  const made: Trajectories = {
    scenes: scenes.length,
    bodies,
    steps,
    dimensions,
    past,
    positions: new Float32Array(scenes.length * bodies * width),
    seen: new Uint8Array(scenes.length * bodies * steps),
  }
  scenes.forEach((tracks, scene) =>
    tracks.forEach((track, body) => {
      const place = scene * bodies + body
      made.positions.set(taken(positions, dimensions, track), place * width)
      made.seen!.fill(1, place * steps, (place + 1) * steps)
    }),
  )
  return made
}

/** For every moment, the sightings of each body that is seen at it and at all `steps - 1` moments before it. */
function wholeTracks({ bodies, moments }: Tracks, steps: number): Map<number, Int32Array[]> {
  const order = Int32Array.from(moments.keys()).sort((a, b) => moments[a]! - moments[b]! || a - b)
  const runs = new Map<number, number[]>()
  const whole = new Map<number, Int32Array[]>()
  for (const at of order) {
    const moment = moments[at]!
    const run = runs.get(bodies[at]!) ?? []
    const unbroken = run.length > 0 && moments[run.at(-1)!] === moment - 1
    const now = unbroken ? [...run.slice(1 - steps), at] : [at]
    runs.set(bodies[at]!, now)
    if (now.length === steps) whole.set(moment, [...(whole.get(moment) ?? []), Int32Array.from(now)])
  }
  return whole
}

/** Between the places of two sightings. */
function distance({ dimensions, positions }: Tracks, one: number, other: number): number {
  let square = 0
  for (let d = 0; d < dimensions; d++)
    square += (positions[one * dimensions + d]! - positions[other * dimensions + d]!) ** 2
  return Math.sqrt(square)
}
