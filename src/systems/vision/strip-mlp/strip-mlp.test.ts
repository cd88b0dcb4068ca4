import { describe, expect, it } from 'vitest'
import { countParameters } from '../../../nn/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { StripMlp } from './model.ts'
import { parityOf } from './parity.ts'

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
