import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/parity.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { generatedFeatures, pooledHeights } from './generator.ts'
import { fgcnn } from './index.ts'
import { parityOf } from './parity.ts'

describe('parity with the reference implementation', async () => {
  const cases = (await goldenCases('fgcnn'))!

  it('covers models and generators, odd and even heights, norms on and off', () => {
    expect(cases.length).toBeGreaterThanOrEqual(17)
  })

  it.each(cases)('$name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('sizes', () => {
  const options = (set: object) => fgcnn.options.parse(set)

  it.each([
    [39, 4, [20, 10, 5, 3], 114],
    [24, 4, [12, 6, 3, 2], 69],
    [10, 3, [5, 3, 2], 30],
    [7, 3, [4, 2, 1], 21],
  ])('%d fields, %d layers', (fields, layers, heights, features) => {
    const chosen = options({
      channels: Array.from({ length: layers }, () => 2),
      heights: Array.from({ length: layers }, () => 7),
    })
    expect(pooledHeights(fields, chosen)).toEqual(heights)
    expect(generatedFeatures(fields, chosen)).toBe(features)
  })

  it('reads 11,628 products and 2,448 numbers of 39 fields, 780 products of ten', () => {
    const model = (fields: number, layers: number) =>
      fgcnn.create!(
        options({
          channels: new Array<number>(layers).fill(2),
          heights: new Array<number>(layers).fill(7),
          hidden: [3],
        }),
        categoricalSpec(new Array<number>(fields).fill(4)),
      )
    const width = (fields: number, layers: number) =>
      [...model(fields, layers).parameters()].find(([path]) => path === 'deep.layers.0.linear.weight')![1].shape[1]
    expect(width(39, 4)).toBe(11_628 + 2_448)
    expect(width(10, 3)).toBe(780 + 40 * 16)
  })
})

describe('faults', () => {
  const spec = categoricalSpec([4, 4, 4, 4, 4])
  const create = (set: object) => () => fgcnn.create!(fgcnn.options.parse(set), spec)

  it('names lists of different length, even spans and pooling past the map, with a fix', () => {
    expect(create({ channels: [2, 2], heights: [3] })).toThrow(
      expect.objectContaining({
        message: 'channels has 2 layers, heights 1',
        try: '--set heights=[3,3]',
      }),
    )
    expect(create({ channels: [2, 2], heights: [3, 4] })).toThrow(
      expect.objectContaining({
        message: 'the convolution of layer 2 spans 4 fields: an even span shrinks the map',
        try: '--set heights=[3,5]',
      }),
    )
    expect(create({ channels: [2, 2, 2], heights: [3, 3, 3], pooling: 3 })).toThrow(
      expect.objectContaining({ message: 'layer 2 pools 3 of 2 rows', try: '--set pooling=2' }),
    )
  })
})
