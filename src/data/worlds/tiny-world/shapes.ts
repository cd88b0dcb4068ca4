/** Whether a place is inside a shape, the shape's box being -1 .. 1 both ways, y downwards. */
export const shapes = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.9,
  triangle: (x, y) => y <= 0.85 && y >= -0.95 && Math.abs(x) <= (y + 0.95) / 1.8,
  star: (x, y) => Math.hypot(x, y) <= starRadius(Math.atan2(x, -y)),
  ring: (x, y) => x * x + y * y <= 1 && x * x + y * y >= 0.36,
  cross: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1 && Math.min(Math.abs(x), Math.abs(y)) <= 0.32,
} as const satisfies Record<string, (x: number, y: number) => boolean>

export type Shape = keyof typeof shapes

const [outer, inner] = [1, 0.42]

/** How far the edge of a five-pointed star is from its middle, one point straight up. */
function starRadius(angle: number): number {
  const sector = Math.PI / 5
  const turned = Math.abs(((((angle + sector) % (2 * sector)) + 2 * sector) % (2 * sector)) - sector)
  // the edge runs from the point (outer, 0) to the notch (inner, sector)
  const [x, y] = [inner * Math.cos(sector), inner * Math.sin(sector)]
  return (outer * y) / (Math.sin(turned) * (outer - x) + Math.cos(turned) * y)
}
