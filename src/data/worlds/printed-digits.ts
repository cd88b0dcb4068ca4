import { Random } from '../../random/index.ts'
import type { Images } from '../images/images.ts'
import { splitAtRandom, type Splits } from '../items.ts'

const [side, width, height] = [8, 5, 7]

/** Seven rows of five pixels a digit, the leftmost the highest bit. */
const font = [
  [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e],
  [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e],
  [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f],
  [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e],
  [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02],
  [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e],
  [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e],
  [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
  [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e],
  [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c],
]

/** Digits of 8 x 8 in 0 .. 1, each somewhere in its square and more or less bright; as many of each, split at random. */
export function printedDigits(count: number, seed: number): Images & { splits: Splits } {
  const pixels = new Float32Array(count * side * side)
  const values = Int32Array.from({ length: count }, (_, image) => image % font.length)
  for (let image = 0; image < count; image++) {
    const random = new Random(seed, 'printed digits', image)
    const [top, left, ink] = [random.integer(side - height + 1), random.integer(side - width + 1), random.uniform()]
    font[values[image]!]!.forEach((bits, row) => {
      for (let column = 0; column < width; column++) {
        if (((bits >> (width - 1 - column)) & 1) === 0) continue
        pixels[(image * side + top + row) * side + left + column] = 0.7 + 0.3 * ink
      }
    })
  }
  return {
    ...{ count, channels: 1, height: side, width: side, pixels, splits: splitAtRandom(count, seed) },
    labels: { name: 'digit', classes: font.map((_, digit) => String(digit)), values },
  }
}
