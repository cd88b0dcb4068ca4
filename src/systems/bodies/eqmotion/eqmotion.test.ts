import { describe, expect, it } from 'vitest'
import { particles, type Trajectories } from '../../../data/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { eqmotion } from './index.ts'
import { parityOf } from './parity.ts'
import { scenesOf } from './scenes.ts'

describe("parity with the authors' models", async () => {
  const cases = (await goldenCases('eqmotion'))!

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    expect(outputs).toHaveProperty('prediction')
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('scenes that cannot be learned from', () => {
  const world = particles({ kind: 'springs', scenes: 2, seed: 1, bodies: 3, frames: 4 })
  const unseen = (body: number) =>
    Uint8Array.from({ length: 24 }, (_, at) => (Math.floor(at / 4) === body && at % 4 === 0 ? 0 : 1))

  it.each([
    ['other dimensions', { ...world, dimensions: 1 }, /1 coordinates, 2 or 3/],
    ['one body', { ...world, bodies: 1 }, /one body have no interactions/],
    ['one past step', { ...world, past: 1 }, /1 past steps give no velocity/],
    ['bodies that are not packed', { ...world, seen: unseen(4) }, /scene 2: body 3 is there, the one before it is not/],
  ])('%s', (_, data, message) => expect(() => scenesOf(data)).toThrow(message))

  it('a body that is not seen throughout is not counted', () => {
    const { there, counted } = scenesOf({ ...world, seen: unseen(2) })
    expect([...there]).toEqual([1, 1, 0, 1, 1, 1])
    expect([...counted]).toEqual([1, 1, 0, 1, 1, 1])
  })

  it.each([
    [{ hidden: 3 }, /hidden \(3\)/],
    [{ forces: 3 }, /3 forces of 2 categories/],
    [{ heads: 2, layers: 1 }, /last layer/],
  ])('options %j', async (given, message) => {
    const context = { seed: 1, threads: 1, progress: () => {} }
    await expect(eqmotion.fit!(world, eqmotion.options.parse(given), context)).rejects.toThrow(message)
  })
})

describe('fitted on a world', () => {
  const world = particles({ kind: 'springs', scenes: 6, seed: 1, bodies: 3, frames: 8, dimensions: 2 })
  const context = { seed: 1, threads: 1, progress: () => {} }
  const small = { hidden: 4, channels: 2, layers: 1, epochs: 1, validateEvery: 1 }

  it('keeps how recordings are cut, and tells of no body that is not there', async () => {
    const fitted = await eqmotion.fit!(world, eqmotion.options.parse(small), context)
    try {
      const { description } = await fitted.save()
      expect(description.data).toEqual({ past: 4, future: 4, bodies: 3, radius: 5 })
      const seen = Uint8Array.from({ length: 6 * 3 * 8 }, (_, at) => (Math.floor(at / 8) % 3 === 2 ? 0 : 1))
      const { records } = await fitted.predict({ ...world, seen } satisfies Trajectories, context)
      expect(records).toHaveLength(6 * 2 * 4)
      expect(new Set(records.map(({ body }) => body))).toEqual(new Set([1, 2]))
    } finally {
      await fitted.close?.()
    }
  })
})
