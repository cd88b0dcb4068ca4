import { Random } from '../../../random/index.ts'
import type { Captions } from '../../captions/captions.ts'
import type { Images } from '../../images/images.ts'
import type { World } from '../world.ts'
import { render } from './render.ts'
import { attributes, captionOf, drawScene, type Scene } from './scene.ts'

export { attributes, shown, type Attribute, type Scene } from './scene.ts'

/** Pictures with captions whose every attribute is known. */
export interface TinyWorld extends Captions {
  images: Images
  scenes: readonly Scene[]
}

export interface TinyWorldOptions {
  seed: number
  /** Pictures to learn from; a sixteenth as many for validation and for test. */
  pictures: number
  /** Pixels of a side. Default 32. */
  side?: number
  /** Backgrounds, where only some are wanted. */
  backgrounds?: readonly Scene['background'][]
  /** Of the 48 pairs of colour and shape, those that only test pictures show; 0: all pictures show all. Default 7. */
  heldOut?: number
}

/**
 * One shape of one colour on a background, in a style, with a caption. Test pictures show pairs of colour and shape that no
 * other picture shows.
 */
export function drawTinyWorld({ seed, pictures, side = 32, backgrounds, heldOut = 7 }: TinyWorldOptions): TinyWorld {
  const pairs = attributes.colour.flatMap(colour => attributes.shape.map(shape => [colour, shape] as const))
  const order = Array.from(new Random(seed, 'held-out pairs').permutation(pairs.length), i => pairs[i]!)
  const [known, unknown] = [order.slice(heldOut), heldOut > 0 ? order.slice(0, heldOut) : order]
  const part = Math.max(2, Math.round(pictures / 16))
  const count = pictures + 2 * part
  const pixels = new Uint8Array(count * 3 * side * side)
  const scenes: Scene[] = []
  const texts: string[] = []
  for (let i = 0; i < count; i++) {
    const random = new Random(seed, 'tiny-world', i)
    const scene = drawScene(random, i < count - part ? known : unknown)
    if (backgrounds) scene.background = backgrounds[random.integer(backgrounds.length)]!
    pixels.set(render(scene, side), i * 3 * side * side)
    scenes.push(scene)
    texts.push(captionOf(scene, random))
  }
  const range = (start: number, length: number) => Int32Array.from({ length }, (_, i) => start + i)
  const splits = { train: range(0, pictures), valid: range(pictures, part), test: range(pictures + part, part) }
  return { texts, images: { count, channels: 3, height: side, width: side, pixels, splits }, scenes }
}

export const tinyWorld: World<TinyWorld> = {
  name: 'tiny-world',
  title: 'a coloured shape on a background in a style, and what it is called',
  task: 'text->image',
  make: ({ seed, size = 'full' }) =>
    size === 'full' ? drawTinyWorld({ seed, pictures: 8000 }) : drawTinyWorld({ seed, pictures: 6, side: 16 }),
}
