/** How far forecasts are from what happened, of bodies counted, in the unit of the positions. */
export interface Displacement {
  /** Mean over frames and bodies. */
  ade: number
  /** Mean over bodies at the last frame. */
  fde: number
  /** Bodies counted. */
  bodies: number
}

/**
 * Average and final displacement error of futures [bodies, heads, frames, dimensions] against [bodies, frames, dimensions]:
 * the smallest over heads, chosen for each body and for each of the two separately (the field's best of K).
 */
export function displacement(
  futures: ArrayLike<number>,
  happened: ArrayLike<number>,
  { heads, frames, dimensions, counted }: { heads: number; frames: number; dimensions: number; counted?: Uint8Array },
): Displacement {
  const bodies = happened.length / (frames * dimensions)
  let [ade, fde, count] = [0, 0, 0]
  for (let body = 0; body < bodies; body++) {
    if (counted?.[body] === 0) continue
    let [mean, last] = [Infinity, Infinity]
    for (let head = 0; head < heads; head++) {
      let [total, distance] = [0, 0]
      for (let frame = 0; frame < frames; frame++) {
        let square = 0
        for (let d = 0; d < dimensions; d++) {
          const ours = futures[((body * heads + head) * frames + frame) * dimensions + d]!
          square += (ours - happened[(body * frames + frame) * dimensions + d]!) ** 2
        }
        distance = Math.sqrt(square)
        total += distance
      }
      mean = Math.min(mean, total / frames)
      last = Math.min(last, distance)
    }
    ade += mean
    fde += last
    count++
  }
  return { ade: ade / count, fde: fde / count, bodies: count }
}
