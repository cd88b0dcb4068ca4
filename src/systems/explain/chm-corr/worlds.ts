import type { Images } from '../../../data/index.ts'
import { cellsInside, type GridMask } from '../../../lenses/index.ts'
import { Random } from '../../../random/index.ts'

export const side = 56
export const cells = 7

/** Images of drawn birds whose parts are known. */
export interface Birds extends Images {
  /** [count, parts, 2], x and y in pixels. */
  keypoints: Float32Array
  /** Middle of the patch in the background, [count, 2]; what a shortcut would look at. */
  patches: Float32Array
  /** The class that the patch speaks for. */
  spoken: Int32Array
}

export const parts = ['beak', 'head', 'body', 'wing', 'tail'] as const
const [beak, head, body, wing, tail] = [0, 1, 2, 3, 4]
const radius = 6
/** Half the side of the patch. */
const reach = 6

type Colour = readonly [number, number, number]
const heads: readonly Colour[] = [
  [200, 60, 50],
  [60, 90, 200],
  [235, 200, 60],
  [40, 40, 40],
]
const wings: readonly Colour[] = [
  [240, 240, 235],
  [90, 60, 40],
  [60, 140, 80],
]
/** Of the patch, by the class it speaks for. */
const patchColours: readonly Colour[] = [
  [250, 120, 220],
  [80, 230, 240],
]
const plumage: Colour = [150, 120, 90]

/** Twelve classes, by the colours of head and wing. */
export function birds(count: number, seed: number): Birds {
  return drawBirds(
    count,
    seed,
    'birds',
    random => {
      const label = random.integer(heads.length * wings.length)
      return { label, head: heads[label % heads.length]!, wing: wings[Math.floor(label / heads.length)]! }
    },
    Array.from(
      { length: heads.length * wings.length },
      (_, k) => `head ${(k % heads.length) + 1}, wing ${Math.floor(k / heads.length) + 1}`,
    ),
  )
}

/**
 * Two classes that differ in the head alone; a patch in the background is of the image's own class, but for a share of the
 * images from `clean` on, where it is of the other.
 */
export function shortcutBirds(count: number, clean: number, share: number, seed: number): Birds {
  let drawn = 0
  return drawBirds(
    count,
    seed,
    'shortcut',
    random => {
      const label = random.integer(2)
      const other = drawn++ >= clean && random.uniform() < share
      return {
        label,
        head: heads[label]!,
        wing: wings[random.integer(wings.length)]!,
        patch: other ? 1 - label : label,
      }
    },
    ['red head', 'blue head'],
  )
}

interface Drawn {
  label: number
  head: Colour
  wing: Colour
  patch?: number
}

function drawBirds(
  count: number,
  seed: number,
  name: string,
  choose: (random: Random) => Drawn,
  classes: readonly string[],
): Birds {
  const pixels = new Uint8Array(count * 3 * side * side)
  const keypoints = new Float32Array(count * parts.length * 2)
  const patches = new Float32Array(count * 2)
  const [values, spoken] = [new Int32Array(count), new Int32Array(count).fill(-1)]
  for (let image = 0; image < count; image++) {
    const random = new Random(seed, name, image)
    const { label, patch, ...colours } = choose(random)
    values[image] = label
    const points = keypoints.subarray(image * parts.length * 2, (image + 1) * parts.length * 2)
    points.set(placed(random))
    const own = pixels.subarray(image * 3 * side * side, (image + 1) * 3 * side * side)
    const corner = [reach + random.integer(3), reach + random.integer(3)] as const
    patches.set(corner, image * 2)
    if (patch !== undefined) spoken[image] = patch
    paint(own, points, colours, patch === undefined ? undefined : { at: corner, colour: patchColours[patch]! }, random)
  }
  const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i)
  const [learned, valid] = [Math.floor(0.6 * count), Math.floor(0.7 * count)]
  return {
    count,
    channels: 3,
    height: side,
    width: side,
    pixels,
    labels: { name: 'bird', classes, values },
    splits: { train: range(0, learned), valid: range(learned, valid), test: range(valid, count) },
    keypoints,
    patches,
    spoken,
  }
}

/** Where the parts of a bird lie that looks to the right, somewhere below the patch. */
function placed(random: Random): number[] {
  const [x, y] = [26 + 4 * (2 * random.uniform() - 1), 36 + 4 * (2 * random.uniform() - 1)]
  const at = [
    [x + 21, y - 11],
    [x + 13, y - 11],
    [x, y],
    [x - 3, y - 1],
    [x - 17, y + 3],
  ]
  return at.flat()
}

function paint(
  pixels: Uint8Array,
  points: Float32Array,
  { head: crown, wing: feathers }: Pick<Drawn, 'head' | 'wing'>,
  patch: { at: readonly [number, number]; colour: Colour } | undefined,
  random: Random,
): void {
  const sky = 120 + 80 * random.uniform()
  const place = (part: number) => [points[2 * part]!, points[2 * part + 1]!] as const
  const within = (part: number, x: number, y: number, wide: number, high: number) => {
    const [cx, cy] = place(part)
    return ((x - cx) / wide) ** 2 + ((y - cy) / high) ** 2 <= 1
  }
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const colour =
        patch && Math.abs(x - patch.at[0]) < reach && Math.abs(y - patch.at[1]) < reach
          ? patch.colour
          : within(beak, x, y, 4, 2)
            ? ([230, 150, 40] as const)
            : within(head, x, y, radius, radius)
              ? crown
              : within(wing, x, y, 8, 4)
                ? feathers
                : within(body, x, y, 14, 9) || within(tail, x, y, 6, 3)
                  ? plumage
                  : ([sky * 0.9, sky, sky * 1.1] as const)
      colour.forEach((value, channel) => {
        pixels[(channel * side + y) * side + x] = Math.max(0, Math.min(255, value + 12 * random.normal()))
      })
    }
}

/** Cells that the head lies in. */
export function headCells({ keypoints }: Birds, image: number): GridMask {
  const [x, y] = keypoints.subarray((image * parts.length + head) * 2, (image * parts.length + head) * 2 + 2)
  return cellsInside((u, v) => Math.hypot(u * side - x!, v * side - y!) <= radius, cells, cells)
}

/** Cells that the patch lies in. */
export function patchCells({ patches }: Birds, image: number): GridMask {
  const [x, y] = patches.subarray(image * 2, image * 2 + 2)
  return cellsInside((u, v) => Math.abs(u * side - x!) < reach && Math.abs(v * side - y!) < reach, cells, cells)
}
