import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawTinyWorld, type TinyWorld } from '../../../data/index.ts'
import { compile, float32, State } from '../../../engine/index.ts'
import { noised, noiseSchedule, velocity } from '../../../nn/index.ts'
import { goldenCases } from '../../../study/index.ts'
import { gaussianDrawn } from './gaussian.ts'
import { diffusion } from './index.ts'
import { keepBase, keptBase, measuredLessons } from './measured-base.ts'
import { parityOf } from './parity.ts'
import { noiseError, train } from './train.ts'
import { newBase, openBase, saveBase } from '../shared/base.ts'
import { TextToImage, type TextToImageOptions } from '../shared/text-to-image.ts'

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

const network: TextToImageOptions = {
  picture: { channels: 3, side: 8 },
  patch: 2,
  text: { vocabulary: 9, length: 4, width: 8, layers: 1, heads: 2 },
  network: { channels: 8, multipliers: [1], layersPerBlock: 1, attention: [true], heads: 2, groups: 4 },
  schedule: 'cosine',
  target: 'velocity',
}

it('a base saved before targets foretells noise along its own schedule', () => {
  const base = newBase({ network, words: ['star'], sampling: { steps: 3, guidance: 3 } }, 1)
  const { description, tensors } = saveBase(base)
  const { schedule, target: _, ...rest } = network
  const opened = openBase({ description: { ...description, network: rest, schedule }, tensors })
  expect(opened.model.options).toEqual({ ...network, target: 'noise' })
  expect(opened.schedule).toEqual(base.schedule)
})

it('a base that is kept is found again, and taken for no other lessons', async () => {
  const place = join(await mkdtemp(join(tmpdir(), 'interplay-bases-')), 'bases')
  const lessons = measuredLessons(3)
  const base = newBase({ network, words: ['star'], sampling: { steps: 3, guidance: 3 } }, 3)
  await keepBase(base, lessons, place)
  const found = await keptBase(lessons, place)
  expect(saveBase(found!)).toEqual(saveBase(base))
  const { options, world } = lessons
  expect(await keptBase({ ...lessons, options: { ...options, epochs: options.epochs + 1 } }, place)).toBeUndefined()
  expect(await keptBase({ ...lessons, world: { ...world, pictures: 9 } }, place)).toBeUndefined()
  expect(await keptBase(measuredLessons(4), place)).toBeUndefined()
  await rm(dirname(place), { recursive: true })
})

it('the base that its study keeps foretells the noise of pictures of another seed', async () => {
  const base = await keptBase(measuredLessons(1))
  const world = drawTinyWorld({ seed: 2, pictures: 64 })
  const rows = world.images.splits!.train.subarray(0, 32)
  expect(await noiseError(base!, world, rows, { seed: 1, threads: 1, batch: 32 })).toBeLessThan(0.03)
})

it('the noise that a velocity stands for', async () => {
  const model = new TextToImage(network)
  const [schedule, t, size] = [noiseSchedule('cosine'), [0, 400, 998], 3 * 8 * 8]
  const [clean, noise] = [0.7, 1.3].map(scale => Float32Array.from({ length: 3 * size }, (_, i) => scale * Math.sin(i)))
  await using program = compile({
    inputs: { x: float32(['batch', 3, 8, 8]), v: float32(['batch', 3, 8, 8]), t: float32(['batch']) },
    state: new State({}, 1),
    threads: 1,
    trace: ({ x, v, t }) => ({ outputs: { noise: model.noiseIn(v, x, t) } }),
  })
  const found = await program.run({
    x: noised(schedule, clean!, noise!, t),
    v: velocity(schedule, clean!, noise!, t),
    t: Float32Array.from(t),
  })
  noise!.forEach((value, i) => expect(found.noise.data[i]).toBeCloseTo(value, 5))
})

it('weights of steps change what is learned', async () => {
  const context = { seed: 1, threads: 1, progress: () => {} }
  const { data, options } = await diffusion.example!(context)
  const learned = async (minSnr: number) => {
    const parsed = diffusion.options.parse({ ...options, minSnr, epochs: 3, warmUp: 0 })
    const { valid } = await train(data as TinyWorld, parsed, context)
    return valid.noiseError
  }
  const [alike, weighed] = [await learned(0), await learned(1)]
  expect(Math.abs(alike - weighed)).toBeGreaterThan(1e-5)
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
