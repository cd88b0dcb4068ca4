import { backgrounds, colours } from './palette.ts'
import type { Scene } from './scene.ts'
import { shapes } from './shapes.ts'
import { styles } from './styles.ts'

/** Points a pixel is averaged over, each way. */
const points = 4

/** A scene as bytes [3, side, side]. */
export function render({ shape, colour, background, style, x, y, radius }: Scene, side: number): Uint8Array {
  const area = side * side
  const pixels = new Float32Array(3 * area)
  const [covers, behind] = [shapes[shape], backgrounds[background]]
  const own = colours[colour]
  const [step, share] = [1 / (side * points), 1 / points ** 2]
  for (let row = 0; row < side * points; row++) {
    const down = (row + 0.5) * step
    const below = (down - y) / radius
    const start = Math.floor(row / points) * side
    for (let column = 0; column < side * points; column++) {
      const right = (column + 0.5) * step
      const beside = (right - x) / radius
      // no shape leaves its box
      const inside = Math.abs(below) <= 1 && Math.abs(beside) <= 1 && covers(beside, below)
      const here = inside ? own : behind(right, down)
      const pixel = start + Math.floor(column / points)
      pixels[pixel]! += here[0] * share
      pixels[area + pixel]! += here[1] * share
      pixels[2 * area + pixel]! += here[2] * share
    }
  }
  return Uint8Array.from(styles[style](pixels, side), value => Math.round(Math.max(0, Math.min(255, value))))
}
