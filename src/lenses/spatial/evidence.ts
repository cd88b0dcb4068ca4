/**
 * Share of a map's positive part that lies inside a mask: in [0, 1], NaN where nothing is positive. Only the positive part
 * counts, since signed sums cancel.
 */
export function massWithin(map: ArrayLike<number>, mask: ArrayLike<number>): number {
  let [inside, all] = [0, 0]
  for (let at = 0; at < map.length; at++) {
    const value = Math.max(0, map[at]!)
    all += value
    if (mask[at]) inside += value
  }
  return inside / all
}

/** Share of the pixels that a mask has: what mass spread evenly would reach. */
export function areaShare(mask: ArrayLike<number>): number {
  let inside = 0
  for (let at = 0; at < mask.length; at++) inside += mask[at] ? 1 : 0
  return inside / mask.length
}

/** Where a map is largest, the first place among equals. */
export function peakOf(map: ArrayLike<number>): number {
  let peak = 0
  for (let at = 1; at < map.length; at++) if (map[at]! > map[peak]!) peak = at
  return peak
}

/** Pixels from the middle of a map's place to a point. */
export const distanceFrom = (at: number, width: number, [x, y]: readonly [number, number]): number =>
  Math.hypot((at % width) + 0.5 - x, Math.floor(at / width) + 0.5 - y)

/** A map [rows, columns] repeated to [height, width], each place over its equal share of the picture. */
export function enlarged(
  map: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Float32Array {
  return Float32Array.from({ length: height * width }, (_, at) => {
    const row = Math.floor((Math.floor(at / width) * rows) / height)
    const column = Math.floor(((at % width) * columns) / width)
    return map[row * columns + column]!
  })
}

/** Means of blocks of a map [height, width], [rows, columns] of them. */
export function reduced(
  map: ArrayLike<number>,
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const [sums, counts] = [new Float32Array(rows * columns), new Float32Array(rows * columns)]
  for (let at = 0; at < height * width; at++) {
    const row = Math.floor((Math.floor(at / width) * rows) / height)
    const to = row * columns + Math.floor(((at % width) * columns) / width)
    sums[to]! += map[at]!
    counts[to]!++
  }
  return sums.map((sum, at) => sum / Math.max(1, counts[at]!))
}

/** Whether a map's largest place [rows, columns] lies inside a mask of pixels, by the middle of the place (the pointing game). */
export function pointsInto(
  map: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  mask: ArrayLike<number>,
  [height, width]: readonly [number, number],
): boolean {
  const peak = peakOf(map)
  const y = Math.floor(((Math.floor(peak / columns) + 0.5) * height) / rows)
  const x = Math.floor((((peak % columns) + 0.5) * width) / columns)
  return mask[y * width + x] === 1
}
