import { InterplayError } from '../../errors/index.ts'

/** Corners of a polygon in pixels, x to the right and y downwards; a box has four. */
export type Polygon = readonly (readonly [x: number, y: number])[]

/** The corners of a box whose upper left one is at (left, top). */
export const boxOf = (left: number, top: number, width: number, height: number): Polygon => [
  [left, top],
  [left + width, top],
  [left + width, top + height],
  [left, top + height],
]

/** Twice the signed area: below zero where the corners run anticlockwise. */
const signedArea = (polygon: Polygon): number =>
  polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length]!
    return sum + x * nextY - nextX * y
  }, 0)

export const areaOf = (polygon: Polygon): number => Math.abs(signedArea(polygon)) / 2

/** The mean of the corners. */
export const centreOf = (polygon: Polygon): [x: number, y: number] => [
  polygon.reduce((sum, [x]) => sum + x, 0) / polygon.length,
  polygon.reduce((sum, [, y]) => sum + y, 0) / polygon.length,
]

/** [height, width], 1 where a pixel's middle lies inside (even-odd rule). */
export function maskOf(polygon: Polygon, height: number, width: number): Uint8Array {
  const mask = new Uint8Array(height * width)
  for (let row = 0; row < height; row++) {
    const y = row + 0.5
    const crossings = polygon
      .flatMap(([x, from], i) => {
        const [nextX, to] = polygon[(i + 1) % polygon.length]!
        return from <= y === to <= y ? [] : [x + ((y - from) / (to - from)) * (nextX - x)]
      })
      .sort((a, b) => a - b)
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const start = Math.max(0, Math.ceil(crossings[pair]! - 0.5))
      for (let column = start; column < width && column + 0.5 < crossings[pair + 1]!; column++)
        mask[row * width + column] = 1
    }
  }
  return mask
}

/** @throws InterplayError `data/region` where a polygon has no area or leaves the image */
export function checkRegion(polygon: Polygon, height: number, width: number, of: string): void {
  const said = polygon.map(([x, y]) => `${x},${y}`).join(' ')
  const refuse = (why: string) => new InterplayError('data/region', `the region of ${of} ${why}`, { where: said })
  if (polygon.flat().some(value => !Number.isFinite(value))) throw refuse('has a corner that is not finite')
  if (polygon.length < 3 || areaOf(polygon) === 0) throw refuse('has no area')
  if (polygon.some(([x, y]) => x < 0 || y < 0 || x > width || y > height))
    throw refuse(`leaves its image of ${height} x ${width}`)
}
