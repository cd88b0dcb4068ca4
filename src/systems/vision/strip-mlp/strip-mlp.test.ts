import { describe, expect, it } from 'vitest'
import { countParameters } from '../../../nn/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { resolved, stripMlp } from './index.ts'
import { StripMlp } from './model.ts'
import { parityOf } from './parity.ts'
import { checkSame, checkSize } from './pictures.ts'

describe("parity with the authors' code", async () => {
  const cases = (await goldenCases('strip-mlp'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(outputs).toHaveProperty('y')
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })

  it.each([
    ['T*', 80, [2, 2, 6, 2], 18_243_920],
    ['T', 80, [2, 2, 12, 2], 24_903_920],
    ['S', 96, [2, 2, 18, 2], 42_568_600],
    ['B', 112, [2, 2, 18, 2], 57_216_480],
  ] as const)('%s has as many parameters', (_, width, blocks, expected) => {
    const options = { patch: 4, width, blocks, groups: 0, taps: 3, dropPath: 0.1 } as const
    expect(countParameters(new StripMlp({ channels: 3, size: 224, classes: 1000 }, options))).toBe(expected)
  })
})

describe('images and options that do not fit', () => {
  const images = (height: number, width: number) => ({
    ...{ count: 1, channels: 1, height, width },
    pixels: new Uint8Array(height * width),
  })

  it('images that are not square, or do not divide into patches and stages', () => {
    expect(() => checkSize(images(32, 28), 2, 3)).toThrow(/32 x 28, not square/)
    expect(() => checkSize(images(28, 28), 2, 4)).toThrow(/28 x 28 do not divide by 16/)
    expect(checkSize(images(28, 28), 7, 3)).toEqual({ channels: 1, size: 28 })
  })

  it('images of another size than those learned from', () => {
    const learned = { channels: 1, size: 28, classes: 2 }
    expect(() => checkSame(images(32, 32), learned, 2)).toThrow(
      /mixes 14 x 14 tokens of 1 x 28 x 28 images; got 1 x 32 x 32/,
    )
  })

  it('channels that do not divide into twice the groups', () => {
    expect(() => resolved(stripMlp.options.parse({ width: 20 }))).toThrow(/20 channels do not divide into 2 x 4 groups/)
  })
})
