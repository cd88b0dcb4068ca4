import { describe, expect, it } from 'vitest'
import { drawTinyWorld } from './index.ts'
import { colours } from './palette.ts'
import { render } from './render.ts'
import { shapes } from './shapes.ts'
import type { Scene } from './scene.ts'

const scene: Scene = { shape: 'square', colour: 'red', background: 'dark', style: 'plain', x: 0.5, y: 0.5, radius: 0.3 }
const pixel = (picture: Uint8Array, row: number, column: number) =>
  [0, 1, 2].map(channel => picture[channel * 1024 + row * 32 + column])

describe('shapes', () => {
  const area = (inside: (x: number, y: number) => boolean) => {
    let hits = 0
    for (let i = 0; i < 200; i++)
      for (let j = 0; j < 200; j++) hits += Number(inside((i - 99.5) / 100, (j - 99.5) / 100))
    return hits / 10_000
  }
  // a star of radii 1 and r has the area 5 r sin(pi / 5)
  it.each([
    ['circle', Math.PI],
    ['square', 3.24],
    ['triangle', 1.8],
    ['star', 5 * 0.42 * Math.sin(Math.PI / 5)],
    ['ring', 0.64 * Math.PI],
    ['cross', 8 * 0.32 - 4 * 0.32 ** 2],
  ] as const)('a %s has its area', (shape, expected) => expect(area(shapes[shape])).toBeCloseTo(expected, 1))
})

describe('pictures', () => {
  it('show the shape in its colour and the background around it', () => {
    const picture = render(scene, 32)
    expect(pixel(picture, 16, 16)).toEqual([...colours.red])
    expect(pixel(picture, 2, 2)).toEqual([60, 60, 60])
  })

  it('are drawn in a style', () => {
    const styled = (style: Scene['style']) => render({ ...scene, style }, 32)
    expect(pixel(styled('sketch'), 16, 16)).toEqual([255, 255, 255])
    expect(pixel(styled('pastel'), 16, 16)).toEqual([160, 70, 70])
    // lightness (220 + 40) / 2 becomes 255 less that; the dark background becomes light
    expect(pixel(styled('night'), 16, 16)).toEqual([215, 35, 35])
    expect(pixel(styled('night'), 2, 2)).toEqual([195, 195, 195])
    const mosaic = styled('mosaic')
    expect(new Set([8, 9, 10, 11].flatMap(row => [4, 5, 6, 7].map(column => mosaic[row * 32 + column]))).size).toBe(1)
  })
})

describe('the world', () => {
  const { scenes, texts, images } = drawTinyWorld({ seed: 1, pictures: 160, side: 16 })

  it('names what a picture tells, and nothing else', () => {
    scenes.forEach(({ shape, colour, background, style }, i) => {
      const sketch = style === 'sketch'
      const words = texts[i]!.split(' ')
      if (words.length === 1) return expect([shape, ...(sketch ? [] : [colour, background]), style]).toContain(words[0])
      expect(words.includes(shape)).toBe(true)
      expect(words.includes(colour) && words.includes(background)).toBe(!sketch)
      expect(style === 'plain' || words.includes(style)).toBe(true)
    })
  })

  it('keeps pairs of colour and shape for the test', () => {
    const pairs = (rows: Int32Array) => new Set(Array.from(rows, row => `${scenes[row]!.colour} ${scenes[row]!.shape}`))
    const { train, valid, test } = images.splits!
    const learned = new Set([...pairs(train), ...pairs(valid)])
    for (const pair of pairs(test)) expect(learned.has(pair)).toBe(false)
    expect(pairs(test).size).toBeGreaterThan(1)
  })

  it('keeps none where none is asked for', () => {
    const whole = drawTinyWorld({ seed: 1, pictures: 1600, side: 4, heldOut: 0 })
    const pairs = (rows: Int32Array) =>
      new Set(Array.from(rows, row => `${whole.scenes[row]!.colour} ${whole.scenes[row]!.shape}`))
    const learned = pairs(whole.images.splits!.train)
    for (const pair of pairs(whole.images.splits!.test)) expect(learned.has(pair)).toBe(true)
  })
})
