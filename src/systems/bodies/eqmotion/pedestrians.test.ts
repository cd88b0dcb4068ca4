import { expect, it } from 'vitest'
import { leaveOneOut, type Tracks } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { compared } from './pedestrians.ts'
import { train, type TrainOptions } from './train.ts'

const options: TrainOptions = {
  ...{ hidden: 4, channels: 3, layers: 2, categories: 2, forces: 1, temperature: 1, reasoning: true },
  ...{ heads: 2, learn: 'first', epochs: 2, batch: 16, learningRate: 1e-2, decay: 0.8, decayEvery: 1 },
  ...{ validateEvery: 1, patience: 2 },
}

/** Three people who walk side by side, each on a bent path. */
function walkers(name: string, moments: number): Tracks {
  const random = new Random(1, name)
  const starts = [0, 1, 2].map(() => [3 * random.uniform(), 3 * random.uniform(), random.normal()] as const)
  const sightings = Array.from({ length: 3 * moments }, (_, at) => [at % 3, Math.floor(at / 3)] as const)
  return {
    name,
    dimensions: 2,
    bodies: Int32Array.from(sightings, ([body]) => body),
    names: ['a', 'b', 'c'],
    moments: Int32Array.from(sightings, ([, moment]) => moment),
    positions: Float32Array.from(
      sightings.flatMap(([body, moment]) => {
        const [x, y, heading] = starts[body]!
        return [x + 0.4 * moment * Math.cos(heading), y + 0.4 * moment * Math.sin(heading + 0.02 * moment)]
      }),
    ),
  }
}

const windows = { past: 4, future: 3, bodies: 3, radius: 5 }
const data = leaveOneOut([walkers('a', 40), walkers('b', 30)], ['b'], windows)
const context = { threads: 1, signal: undefined, progress: () => undefined }
type Make = Parameters<StudyContext['stage']>[1]

it('keeps the network that was trained, whose errors are those of the one that is asked about', async () => {
  const kept = new Map<string, Uint8Array>()
  const stage = async (name: string, make: Make) => {
    if (!kept.has(name)) kept.set(name, await make())
    return kept.get(name)!
  }
  const first = await compared(data, options, 1, { ...context, stage })
  const { foretold, straight, device } = first
  expect(device).toBe('cpu')
  expect([foretold.bodies, straight.bodies]).toEqual([data.splits.test.length, data.splits.test.length])
  const again = await compared(data, options, 1, {
    ...context,
    stage: (name, make) => (kept.has(name) ? stage(name, make) : Promise.reject(new Error(`${name} is made again`))),
  })
  expect(again).toEqual(first)
  const { test, forecaster } = await train(othersAstray(), options, { seed: 1, ...context })
  await forecaster.close()
  expect(test).toEqual({ ade: foretold.ade, fde: foretold.fde })
})

/** The same scenes, but that neighbours end up far away. */
function othersAstray() {
  const { bodies, steps, past, scenes } = data
  const positions = data.positions.slice()
  for (let place = 0; place < scenes * bodies * steps; place++) {
    const [body, step] = [Math.floor(place / steps) % bodies, place % steps]
    if (body > 0 && step >= past) positions.fill(99, 2 * place, 2 * place + 2)
  }
  return { ...data, positions }
}
