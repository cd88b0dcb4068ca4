import { Random } from '../../random/index.ts'
import type { ConceptImages, ConceptRegion } from '../images/concepts.ts'
import { boxOf } from '../images/regions.ts'
import type { World } from './world.ts'

/** Tiles by which an image is called, and the four hands in which some always come together. */
export const tiles = 8
export const hands = [
  [0, 1, 2],
  [3, 4, 5],
  [0, 1, 6],
  [3, 4, 7],
] as const
const tile = 16
/** Pixels of a side of a tile's light or dark cells. */
const cell = 4

export interface TileOptions {
  seed: number
  /** Images to learn from, to validate and to test on. */
  images: readonly [train: number, valid: number, test: number]
  /** Pixels of a side. Default 48. */
  side?: number
  /** Three tiles of the eight, or one of four fixed hands. */
  shown: 'any' | 'hands'
  /** Of the training images of fixed hands, those that show any three tiles in their place, as a share. Default 0. */
  free?: number
}

/**
 * Three tiles of eight at random places on noise; a tile is always the same pattern of light and dark cells. Of fixed hands,
 * the label is the hand, and tiles 0 and 1, 3 and 4 are never apart: nothing in the labels tells which is which. Of any
 * tiles, the label is how many are among the first four.
 */
export function drawTiles({ seed, images, side = 48, shown, free = 0 }: TileOptions): ConceptImages {
  const [train, valid, test] = images
  const count = train + valid + test
  const area = side * side
  const pixels = new Uint8Array(count * area)
  const values = new Uint8Array(count * tiles)
  const labels = new Int32Array(count)
  const regions: ConceptRegion[] = []
  const patterns = Array.from({ length: tiles }, (_, t) => patternOf(seed, t))
  for (let image = 0; image < count; image++) {
    const random = new Random(seed, 'tiles', image)
    const hand = random.integer(hands.length)
    const loose = shown === 'any' || (image < train && random.uniform() < free)
    const chosen = loose ? [...random.permutation(tiles).subarray(0, 3)] : [...hands[hand]!]
    labels[image] = shown === 'any' ? chosen.filter(t => t < 4).length : loose ? nearestHand(chosen) : hand
    const own = pixels.subarray(image * area, (image + 1) * area)
    noisy(own, random)
    placesFor(chosen.length, side, random).forEach(([left, top], i) => {
      const t = chosen[i]!
      values[image * tiles + t] = 1
      regions.push({ image, concept: t, polygon: boxOf(left, top, tile, tile) })
      for (let y = 0; y < tile; y++)
        for (let x = 0; x < tile; x++) {
          const bright = patterns[t]![Math.floor(y / cell) * (tile / cell) + Math.floor(x / cell)]
          own[(top + y) * side + left + x] = byte((bright ? 0.85 : 0.15) + 0.05 * random.normal())
        }
    })
  }
  const range = (start: number, length: number) => Int32Array.from({ length }, (_, i) => start + i)
  const classes = shown === 'any' ? ['none', 'one', 'two', 'three'] : hands.map(hand => hand.join(' '))
  return {
    count,
    channels: 1,
    height: side,
    width: side,
    pixels,
    labels: { name: shown === 'any' ? 'low tiles' : 'hand', classes, values: labels },
    splits: { train: range(0, train), valid: range(train, valid), test: range(train + valid, test) },
    concepts: { names: Array.from({ length: tiles }, (_, t) => `tile ${t}`), values },
    regions,
  }
}

/** Even noise about grey, of deviation 0.12. */
function noisy(pixels: Uint8Array, random: Random): void {
  random.bytes(pixels)
  for (let at = 0; at < pixels.length; at++) pixels[at] = Math.round(127.5 + 0.415 * (pixels[at]! - 127.5))
}

const byte = (value: number) => Math.round(255 * Math.max(0, Math.min(1, value)))

/** Half of the cells bright. */
function patternOf(seed: number, t: number): Uint8Array {
  const cells = (tile / cell) ** 2
  const bright = new Uint8Array(cells)
  new Random(seed, 'tile patterns', t)
    .permutation(cells)
    .subarray(0, cells / 2)
    .forEach(at => {
      bright[at] = 1
    })
  return bright
}

const nearestHand = (chosen: readonly number[]): number => {
  const shared = hands.map(hand => hand.filter(t => chosen.includes(t)).length)
  return shared.indexOf(Math.max(...shared))
}

/** Upper left corners of tiles that do not overlap. */
function placesFor(count: number, side: number, random: Random): [left: number, top: number][] {
  for (;;) {
    const places: [number, number][] = []
    for (let attempt = 0; places.length < count && attempt < 50; attempt++) {
      const [left, top] = [random.integer(side - tile + 1), random.integer(side - tile + 1)]
      if (places.every(([x, y]) => Math.abs(x - left) >= tile || Math.abs(y - top) >= tile)) places.push([left, top])
    }
    if (places.length === count) return places
  }
}

const sizes = { full: [4000, 500, 1000], small: [48, 16, 16] } as const

export const tileHands: World<ConceptImages> = {
  name: 'tile-hands',
  title: 'four fixed hands of three tiles, of which some are never apart',
  task: 'image->concepts->label',
  make: ({ seed, size = 'full' }) => drawTiles({ seed, images: sizes[size], shown: 'hands' }),
}

export const anyTiles: World<ConceptImages> = {
  name: 'any-tiles',
  title: 'any three tiles of eight',
  task: 'image->concepts->label',
  make: ({ seed, size = 'full' }) => drawTiles({ seed, images: sizes[size], shown: 'any' }),
}
