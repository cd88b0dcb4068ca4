import { InterplayError } from '../../errors/index.ts'
import { Random } from '../../random/index.ts'
import { resizeMap } from '../images/resize.ts'
import type { Images } from '../images/images.ts'
import type { Splits } from '../items.ts'
import { printedDigits } from './printed-digits.ts'
import { isBright, phases, stripeDirections } from './stripe-lines.ts'
import type { World } from './world.ts'

/** Images whose label joins what is large, a digit, and what is fine, the way stripes run. */
export interface GlyphTexture extends Images {
  /** [count]: 0 .. 9. */
  digits: Int32Array
  /** [count]: an index into `stripeDirections`. */
  directions: Int32Array
  splits: Splits
}

export interface GlyphTextureOptions {
  /** Labelled square images of one channel in 0 .. 1; train, valid and test images show those of the split of that name. */
  glyphs: Images & { splits: Splits }
  seed: number
  train: number
  valid: number
  test: number
}

const [side, texture, glyphSide, patch] = [96, 8, 56, 24]
const noise = 0.05

/**
 * Grey images of 96 x 96: a blurred texture, a digit of 56 x 56 somewhere and, apart from it, a patch of 24 x 24 with one line
 * in three bright, in one of four directions. The label is both, 40 classes. At a third of the size every stripe is gone.
 * @throws InterplayError `data/target-missing` where glyphs have no labels
 */
export function drawGlyphTexture({ glyphs, seed, train, valid, test }: GlyphTextureOptions): GlyphTexture {
  if (!glyphs.labels) throw new InterplayError('data/target-missing', 'the glyphs have no labels')
  const { classes, values } = glyphs.labels
  const count = train + valid + test
  const range = (start: number, length: number) => Int32Array.from({ length }, (_, i) => start + i)
  const splits = { train: range(0, train), valid: range(train, valid), test: range(train + valid, test) }
  const pixels = new Uint8Array(count * side * side)
  const [digits, directions] = [new Int32Array(count), new Int32Array(count)]
  const area = glyphs.height * glyphs.width
  for (const part of ['train', 'valid', 'test'] as const) {
    for (const image of splits[part]) {
      const random = new Random(seed, 'glyph-texture', image)
      const own = glyphs.splits[part]
      const glyph = own[random.integer(own.length)]!
      const shown = glyphs.pixels.subarray(glyph * area, (glyph + 1) * area)
      digits[image] = values[glyph]!
      directions[image] = random.integer(stripeDirections.length)
      draw(
        pixels.subarray(image * side * side, (image + 1) * side * side),
        resizeMap(shown, glyphs.height, glyphSide, 'cubic'),
        directions[image]!,
        random,
      )
    }
  }
  return {
    ...{ count, channels: 1, height: side, width: side, pixels, digits, directions, splits },
    labels: {
      name: 'digit and direction',
      classes: classes.flatMap(digit => stripeDirections.map(direction => `${digit} ${direction}`)),
      values: digits.map((digit, image) => digit * stripeDirections.length + directions[image]!),
    },
  }
}

interface Square {
  top: number
  left: number
  side: number
}

const somewhere = (own: number, random: Random): Square => ({
  top: random.integer(side - own + 1),
  left: random.integer(side - own + 1),
  side: own,
})

const apart = (a: Square, b: Square): boolean =>
  a.top + a.side <= b.top || b.top + b.side <= a.top || a.left + a.side <= b.left || b.left + b.side <= a.left

function draw(pixels: Uint8Array, glyph: Float64Array, direction: number, random: Random): void {
  const coarse = Float64Array.from({ length: texture ** 2 }, () => random.uniform())
  const values = resizeMap(coarse, texture, side, 'linear').map(value => value / 2)
  let [digit, striped] = [somewhere(glyphSide, random), somewhere(patch, random)]
  while (!apart(digit, striped)) [digit, striped] = [somewhere(glyphSide, random), somewhere(patch, random)]
  const phase = random.integer(phases)
  const add = ({ top, left, side: own }: Square, value: (row: number, column: number) => number) => {
    for (let row = 0; row < own; row++)
      for (let column = 0; column < own; column++) values[(top + row) * side + left + column]! += value(row, column)
  }
  add(digit, (row, column) => 0.8 * glyph[row * glyphSide + column]!)
  add(striped, (row, column) => (isBright(direction, row, column, patch, phase) ? 0.4 : -0.2))
  values.forEach((value, at) => {
    pixels[at] = Math.round(255 * Math.max(0, Math.min(1, value + noise * random.normal())))
  })
}

/** Printed digits on texture; studies draw handwritten ones where they are. */
export const glyphTexture: World<GlyphTexture> = {
  name: 'glyph-texture',
  title: 'a digit on a texture, and which way the stripes of a patch run',
  task: 'image->label',
  make: ({ seed, size = 'full' }) =>
    size === 'full'
      ? drawGlyphTexture({ glyphs: printedDigits(600, seed), seed, train: 5000, valid: 1000, test: 1000 })
      : drawGlyphTexture({ glyphs: printedDigits(60, seed), seed, train: 24, valid: 8, test: 8 }),
}
