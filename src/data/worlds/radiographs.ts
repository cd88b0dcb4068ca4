import { Random } from '../../random/index.ts'
import type { ConceptImages, ConceptRegion } from '../images/concepts.ts'
import { boxOf } from '../images/regions.ts'
import type { World } from './world.ts'

const side = 64
/** Rows and columns beside the lungs: nothing there is of the body. */
export const margin = 12
/** Pixels of a side of the corner mark. */
export const markSide = 7

const signs = ['ring', 'cross', 'blob', 'streak'] as const
type Sign = (typeof signs)[number]

export interface RadiographOptions {
  seed: number
  /** Images to learn from, to validate and to test on. */
  images: readonly [train: number, valid: number, test: number]
  /** Share of the images of class A with a mark in a corner, in training and validation, and in test; other classes have the rest. */
  mark?: readonly [learned: number, tested: number]
  /** Test images have a ring in the margin, where no concept counts. */
  distractor?: boolean
}

/**
 * Grey gradients with ribs; none to three of four signs at random places and sizes. Class A: a ring and no cross; B: a cross;
 * C: neither. Regions are the boxes of the signs.
 */
export function drawRadiographs({ seed, images, mark, distractor = false }: RadiographOptions): ConceptImages {
  const [train, valid, test] = images
  const count = train + valid + test
  const area = side * side
  const pixels = new Uint8Array(count * area)
  const values = new Uint8Array(count * signs.length)
  const labels = new Int32Array(count)
  const regions: ConceptRegion[] = []
  for (let image = 0; image < count; image++) {
    const random = new Random(seed, 'radiographs', image)
    const tested = image >= train + valid
    const canvas = backgroundOf(random)
    const shown = [...random.permutation(signs.length).subarray(0, random.integer(4))]
    const taken: [x: number, y: number, radius: number][] = []
    for (const sign of shown) {
      const [x, y, radius] = placeOf(random, taken)
      taken.push([x, y, radius])
      draw(canvas, signs[sign]!, x, y, radius, random)
      values[image * signs.length + sign] = 1
      regions.push({ image, concept: sign, polygon: boxOf(x - radius, y - radius, 2 * radius, 2 * radius) })
    }
    const has = (sign: Sign) => values[image * signs.length + signs.indexOf(sign)] === 1
    labels[image] = has('cross') ? 1 : has('ring') ? 0 : 2
    if (distractor && tested) draw(canvas, 'ring', 6, 8 + random.integer(side - 16), 5, random)
    if (mark) {
      const rate = mark[tested ? 1 : 0]
      if (random.uniform() < (labels[image] === 0 ? rate : 1 - rate)) drawMark(canvas)
    }
    const own = pixels.subarray(image * area, (image + 1) * area)
    canvas.forEach((value, at) => (own[at] = Math.round(255 * Math.max(0, Math.min(1, value)))))
  }
  const range = (start: number, length: number) => Int32Array.from({ length }, (_, i) => start + i)
  return {
    count,
    channels: 1,
    height: side,
    width: side,
    pixels,
    labels: { name: 'finding', classes: ['A', 'B', 'C'], values: labels },
    splits: { train: range(0, train), valid: range(train, valid), test: range(train + valid, test) },
    concepts: { names: signs, values },
    regions,
  }
}

function backgroundOf(random: Random): Float64Array {
  const noise = random.bytes(new Uint8Array(side * side))
  const [slope, phase, period] = [0.15 * random.normal(), 6 * random.uniform(), 9 + 4 * random.uniform()]
  return Float64Array.from({ length: side * side }, (_, at) => {
    const [y, x] = [Math.floor(at / side), at % side]
    const field =
      x >= margin && x < side - margin ? 0.08 * Math.sin((2 * Math.PI * (y + phase + 0.15 * x)) / period) : -0.1
    return 0.42 + slope * (y / side - 0.5) + field + 0.14 * (noise[at]! / 255 - 0.5)
  })
}

/** A place within the lungs, clear of the others. */
function placeOf(
  random: Random,
  taken: readonly (readonly [number, number, number])[],
): [x: number, y: number, radius: number] {
  for (;;) {
    const radius = 5 + random.integer(4)
    const span = side - 2 * margin - 2 * radius
    const [x, y] = [margin + radius + random.integer(span + 1), radius + random.integer(side - 2 * radius + 1)]
    if (taken.every(([a, b, other]) => Math.max(Math.abs(a - x), Math.abs(b - y)) > radius + other))
      return [x, y, radius]
    if (random.uniform() < 0.02) taken = taken.slice(1)
  }
}

function draw(canvas: Float64Array, sign: Sign, x: number, y: number, radius: number, random: Random): void {
  const strength = 0.35 + 0.1 * random.uniform()
  const inside = shapes[sign](radius, random)
  for (let row = Math.max(0, y - radius); row < Math.min(side, y + radius); row++)
    for (let column = Math.max(0, x - radius); column < Math.min(side, x + radius); column++)
      canvas[row * side + column]! += strength * inside(column + 0.5 - x, row + 0.5 - y)
}

/** How much of a pixel a sign fills, by its distance from the middle. */
const shapes: Record<Sign, (radius: number, random: Random) => (dx: number, dy: number) => number> = {
  ring: radius => (dx, dy) => Number(Math.abs(Math.hypot(dx, dy) - radius + 1.5) < 1.2),
  cross: radius => (dx, dy) =>
    Number(Math.min(Math.abs(dx), Math.abs(dy)) < 1.3 && Math.max(Math.abs(dx), Math.abs(dy)) < radius),
  blob: radius => (dx, dy) => Math.exp(-(dx * dx + dy * dy) / (0.35 * radius * radius)),
  streak: (_radius, random) => {
    const rising = random.uniform() < 0.5 ? 1 : -1
    return (dx, dy) => Number(Math.abs(dx + rising * dy) < 1.6)
  },
}

/** A letter-like mark in the upper right corner. */
function drawMark(canvas: Float64Array): void {
  for (let y = 0; y < markSide; y++)
    for (let x = 0; x < markSide; x++)
      if (x < 2 || y >= markSide - 2) canvas[(y + 2) * side + side - markSide - 2 + x] = 0.95
}

export const radiographs: World<ConceptImages> = {
  name: 'radiographs',
  title: 'signs on grey images with ribs, and the finding that they make',
  task: 'image->concepts->label',
  make: ({ seed, size = 'full' }) =>
    drawRadiographs({ seed, images: size === 'full' ? [6000, 500, 1000] : [64, 24, 24] }),
}
