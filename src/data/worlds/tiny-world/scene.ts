import type { Random } from '../../../random/index.ts'
import { backgrounds, colours, type Background, type Colour } from './palette.ts'
import { shapes, type Shape } from './shapes.ts'
import { styles, type Style } from './styles.ts'

/** One thing on a background: what a picture of the world shows. */
export interface Scene {
  shape: Shape
  colour: Colour
  background: Background
  style: Style
  /** Middle and half the width, as shares of the canvas. */
  x: number
  y: number
  radius: number
}

const names = <Name extends string>(record: Record<Name, unknown>): Name[] => Object.keys(record) as Name[]

/** The words of each attribute. */
export const attributes = {
  shape: names(shapes),
  colour: names(colours),
  style: names(styles),
  background: names(backgrounds),
}

export type Attribute = keyof typeof attributes

const one = <T>(random: Random, values: readonly T[]): T => values[random.integer(values.length)]!

/** A scene of one of these colours and shapes, wholly on the canvas; three in five are plain. */
export function drawScene(random: Random, pairs: readonly (readonly [Colour, Shape])[]): Scene {
  const [colour, shape] = one(random, pairs)
  const radius = one(random, [0.18, 0.3])
  const place = () => radius + (1 - 2 * radius) * random.uniform()
  return {
    shape,
    colour,
    background: one(random, attributes.background),
    style: random.uniform() < 0.6 ? 'plain' : one(random, attributes.style.slice(1)),
    x: place(),
    y: place(),
    radius,
  }
}

/** What a picture tells of an attribute: a sketch has neither colours nor a background. */
export const shown = (scene: Scene, attribute: Attribute): string | undefined =>
  scene.style === 'sketch' && (attribute === 'colour' || attribute === 'background') ? undefined : scene[attribute]

/** What a scene is called, in one of three ways; one caption in four is a single word of it. */
export function captionOf(scene: Scene, random: Random): string {
  if (random.uniform() < 0.25) return wordOf(scene, random)
  const { shape, style } = scene
  const [colour, background] = [shown(scene, 'colour'), shown(scene, 'background')]
  const thing = colour === undefined ? `a ${shape}` : `a ${colour} ${shape}`
  const ground = background === undefined ? undefined : `on ${background}`
  const manner = style === 'plain' ? undefined : style
  const parts = one(random, [
    [manner && `a ${manner} of`, thing, ground],
    [ground, thing, manner && `as a ${manner}`],
    [manner && `${manner} style`, 'with', thing, ground],
  ])
  return parts.filter(part => part !== undefined).join(' ')
}

function wordOf(scene: Scene, random: Random): string {
  const words = names(attributes).map(attribute => shown(scene, attribute))
  return one(
    random,
    words.filter(word => word !== undefined && word !== 'plain'),
  )!
}
