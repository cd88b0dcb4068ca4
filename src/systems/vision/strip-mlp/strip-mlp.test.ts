import { describe, expect, it } from 'vitest'
import { splitAtRandom, type Splits } from '../../../data/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { tokensSeen } from './closed-forms.ts'
import { resolved, stripMlp } from './index.ts'
import { StripMlp } from './model.ts'
import { parityOf } from './parity.ts'
import { checkSame, checkSize } from './pictures.ts'
import { labelled } from './train.ts'

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

describe('labelled images', () => {
  const labels = (...values: number[]) => ({ name: 'shape', classes: ['a', 'b'], values: Int32Array.from(values) })
  const sizes = ({ train, valid, test }: Splits) => [train, valid, test].map(part => part.length)

  it('are split as ever where all are labelled, and alone where some are', () => {
    const all = labels(...Array.from({ length: 40 }, (_, i) => i % 2))
    expect(labelled({ labels: all }, 3)).toEqual(splitAtRandom(40, 3))
    for (let seed = 0; seed < 20; seed++) {
      const some = labels(...Array.from({ length: 60 }, (_, i) => (i % 6 === 0 ? i % 2 : -1)))
      const parts = labelled({ labels: some }, seed)
      expect(sizes(parts)).toEqual([8, 1, 1])
      for (const row of [...parts.train, ...parts.valid, ...parts.test]) expect(some.values[row]).toBeGreaterThan(-1)
    }
  })

  it('are refused where a part has none', () => {
    expect(() => labelled({ labels: labels(0, -1, 1, -1) }, 1)).toThrow(/no labelled image is left to learn from/)
    const splits = { train: Int32Array.of(0, 2), valid: Int32Array.of(1), test: Int32Array.of(3) }
    expect(() => labelled({ labels: labels(0, -1, 1, -1), splits }, 1)).toThrow(/left to validate on/)
  })
})

it('a step along lines sees a line and those beside it, or with one tap the line alone', async () => {
  expect([await tokensSeen('row', 3), await tokensSeen('column', 3), await tokensSeen('row', 1)]).toEqual([45, 45, 15])
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
