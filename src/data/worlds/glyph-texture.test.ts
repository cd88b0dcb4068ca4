import { describe, expect, it } from 'vitest'
import { resizeMap } from '../images/resize.ts'
import { drawGlyphTexture, glyphTexture } from './glyph-texture.ts'
import { printedDigits } from './printed-digits.ts'
import { stripeDirections } from './stripe-lines.ts'

describe('digits on texture', () => {
  const side = 96
  const world = glyphTexture.make({ seed: 2, size: 'small' })

  it('a label is a digit and a direction', () => {
    const { labels, digits, directions, count } = world
    expect(labels!.classes).toHaveLength(40)
    for (let image = 0; image < count; image++)
      expect(labels!.classes[labels!.values[image]!]).toBe(`${digits[image]} ${stripeDirections[directions[image]!]}`)
    expect(new Set(directions).size).toBe(4)
  })

  it('images of a split show glyphs of that split alone', () => {
    const glyphs = printedDigits(60, 1)
    const only = (digit: number) =>
      Int32Array.from(glyphs.labels!.values.keys()).filter(glyph => glyphs.labels!.values[glyph] === digit)
    const splits = { train: only(3), valid: only(4), test: only(7) }
    const drawn = drawGlyphTexture({ glyphs: { ...glyphs, splits }, seed: 1, train: 3, valid: 2, test: 2 })
    expect([...drawn.digits]).toEqual([3, 3, 3, 4, 4, 7, 7])
  })

  /** Of 40 images without digits, those whose pixels differ least, `apart` pixels on, the way their stripes run. */
  function told(apart: number): number {
    const glyphs = { ...printedDigits(60, 1), pixels: new Float32Array(60 * 64) }
    const { pixels, directions, count } = drawGlyphTexture({ glyphs, seed: 5, train: 40, valid: 0, test: 0 })
    const steps = [
      [0, 1],
      [1, 0],
      [1, -1],
      [1, 1],
    ] as const
    const hits = Array.from(directions, (direction, image) => {
      const contrast = steps.map(([down, right]) => {
        let sum = 0
        for (let row = 1; row < side - apart; row += apart)
          for (let column = apart; column < side - apart; column += apart) {
            const at = (image * side + row) * side + column
            sum += Math.abs(pixels[at]! - pixels[at + apart * (down * side + right)]!)
          }
        return sum
      })
      return Number(contrast.indexOf(Math.min(...contrast)) === direction)
    })
    return hits.reduce((sum, hit) => sum + hit, 0) / count
  }

  it('the fine pattern tells the direction, and at a third of the size nothing does', () => {
    expect(told(1)).toBe(1)
    expect(told(3)).toBeLessThan(0.5)
  })
})

it.each(['linear', 'cubic'] as const)('%s maps keep what lies at the centres of cells', mode => {
  const map = Float64Array.from({ length: 64 }, (_, at) => Math.sin(at * at))
  const larger = resizeMap(map, 8, 24, mode)
  map.forEach((value, at) => {
    const [row, column] = [Math.floor(at / 8), at % 8]
    expect(larger[(3 * row + 1) * 24 + 3 * column + 1]).toBeCloseTo(value, 10)
  })
})
