import { describe, expect, it } from 'vitest'
import { drawTinyWorld } from '../../../data/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { gaussianDrawn } from './gaussian.ts'
import { diffusion } from './index.ts'
import { parityOf } from './parity.ts'

describe('parity with diffusers and transformers', async () => {
  const cases = (await goldenCases('diffusion'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(Object.keys(outputs)).toHaveLength(1)
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    expect(Object.keys(gradients).length).toBeGreaterThan(5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

it.each([
  [10, 1, 0.4479, 0.8797],
  [20, 1, 0.4577, 0.9361],
  [50, 1, 0.463, 0.9729],
  [200, 1, 0.4655, 0.9924],
  [50, 0.5, 0.4819, 0.953],
  [50, 0.1, undefined, 0.768],
])('%i steps of DDIM on a Gaussian of deviation %d', async (steps, deviation, mean, ratio) => {
  const drawn = await gaussianDrawn(steps, 0.5, deviation)
  if (mean !== undefined) expect(Math.abs(drawn.mean - mean)).toBeLessThanOrEqual(1e-3)
  expect(Math.abs(drawn.ratio - ratio)).toBeLessThanOrEqual(1e-3)
})

describe('captions and options that do not fit', () => {
  const world = drawTinyWorld({ seed: 1, pictures: 3, side: 16 })
  const context = { seed: 1, threads: 1, progress: () => {} }
  it.each([
    [{ texts: ['a star'] }, {}, /no pictures/],
    [world, { patch: 3 }, /16 x 16 do not divide by 6/],
    [world, { channels: 50 }, /50 channels do not divide/],
    [world, { textWidth: 30 }, /textWidth \(30\)/],
  ])('%#', async (captions, options, message) => {
    await expect(diffusion.fit!(captions, diffusion.options.parse(options), context)).rejects.toThrow(message)
  })
})
