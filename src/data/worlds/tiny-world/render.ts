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
  for (let at = 0; at < area * points ** 2; at++) {
    const [row, column] = [Math.floor(at / (side * points)), at % (side * points)]
    const [right, down] = [(column + 0.5) / (side * points), (row + 0.5) / (side * points)]
    const inside = shapes[shape]((right - x) / radius, (down - y) / radius)
    const colourHere = inside ? colours[colour] : backgrounds[background](right, down)
    const pixel = Math.floor(row / points) * side + Math.floor(column / points)
    for (let channel = 0; channel < 3; channel++) {
      pixels[channel * area + pixel]! += colourHere[channel]! / points ** 2
    }
  }
  return Uint8Array.from(styles[style](pixels, side), value => Math.round(Math.max(0, Math.min(255, value))))
}
