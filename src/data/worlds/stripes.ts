import { Random } from '../../random/index.ts'
import type { Images } from '../images/images.ts'
import { isBright, phases, stripeDirections } from './stripe-lines.ts'
import type { World, WorldOptions } from './world.ts'

const side = 16
const patch = 8

/**
 * Grey noise of 16 x 16 with a striped patch of 8 x 8 somewhere, one line in three bright: which way the stripes run is the
 * label. No pixel's own value tells it, nor where the patch is.
 */
export const stripes: World<Images> = {
  name: 'stripes',
  title: 'which way the stripes of a patch run',
  task: 'image->label',
  make({ seed, size = 'full' }: WorldOptions): Images {
    const [train, valid, test] = size === 'full' ? [2000, 500, 1000] : [64, 32, 32]
    const count = train + valid + test
    const pixels = new Uint8Array(count * side * side)
    const values = new Int32Array(count)
    for (let image = 0; image < count; image++) {
      const random = new Random(seed, 'stripes', image)
      values[image] = random.integer(stripeDirections.length)
      draw(pixels.subarray(image * side * side, (image + 1) * side * side), values[image]!, random)
    }
    const range = (start: number, length: number) => Int32Array.from({ length }, (_, i) => start + i)
    return {
      count,
      channels: 1,
      height: side,
      width: side,
      pixels,
      labels: { name: 'direction', classes: stripeDirections, values },
      splits: { train: range(0, train), valid: range(train, valid), test: range(train + valid, test) },
    }
  },
}

function draw(pixels: Uint8Array, direction: number, random: Random): void {
  const [top, left] = [random.integer(side - patch + 1), random.integer(side - patch + 1)]
  const phase = random.integer(phases)
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [r, c] = [row - top, column - left]
      const inside = r >= 0 && r < patch && c >= 0 && c < patch
      const bright = inside && isBright(direction, r, c, patch, phase)
      const value = 0.35 + 0.1 * random.normal() + (inside ? (bright ? 0.4 : -0.2) : 0)
      pixels[row * side + column] = Math.round(255 * Math.max(0, Math.min(1, value)))
    }
  }
}
