import type { Trajectories } from '../../../data/index.ts'
import { float32, State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { Mode } from '../../../nn/index.ts'
import { displacement, type Displacement } from '../../../metrics/index.ts'
import type { Computing } from '../../../system/index.ts'
import { NetworkPredictor, taken } from '../../../train/index.ts'
import type { Tensor } from '../../../engine/index.ts'
import type { EqMotion, Horizon } from './model.ts'
import { countedOf, scenesOf, type Learned, type Scenes } from './scenes.ts'

/** What was foretold of scenes. */
export interface Forecast {
  /** [scenes, bodies, heads, future, dimensions] */
  futures: Float32Array
  /** [scenes, bodies, bodies, categories] */
  categories: Float32Array
}

/** Scenes of one run of the network. */
const runScenes = 100

export const sceneInputs = (bodies: number, dimensions: number, past: number) => ({
  locations: float32(['batch', bodies, past, dimensions]),
  there: float32(['batch', bodies]),
})

export const answerOf =
  (model: EqMotion) =>
  (inputs: Record<string, Tensor>, mode: Mode): Record<string, Tensor> => ({
    ...model.forward(inputs.locations!, inputs.there!, mode),
  })

export const feedsOf = ({ bodies, past, dimensions, locations, there }: Scenes, rows: Int32Array) => ({
  locations: taken(locations, bodies * past * dimensions, rows),
  there: taken(there, bodies, rows),
})

/** A trained model asked about scenes of any number of bodies, in two or three dimensions. */
export class Forecaster {
  private readonly predictors = new Map<string, NetworkPredictor>()

  constructor(
    private readonly model: EqMotion,
    private readonly horizon: Horizon,
    private readonly state: State,
    private readonly computing: Computing,
  ) {}

  /** Throws `data/shape` where scenes show another number of steps than those learned from. */
  scenes(data: Trajectories): Scenes {
    if (data.past === this.horizon.past) return scenesOf(data, this.horizon.future)
    const learned = `the model learned from ${this.horizon.past} past steps`
    throw new InterplayError('data/shape', `the trajectories have ${data.past} past steps, ${learned}`)
  }

  async forecast(scenes: Scenes, rows = allOf(scenes), signal?: AbortSignal): Promise<Forecast> {
    const predictor = this.predictor(scenes)
    const parts: Forecast[] = []
    for (let start = 0; start < rows.length; start += runScenes) {
      signal?.throwIfAborted()
      const { futures, categories } = await predictor.answer(feedsOf(scenes, rows.subarray(start, start + runScenes)))
      parts.push({ futures: futures!.data as Float32Array, categories: categories!.data as Float32Array })
    }
    return { futures: joined(parts.map(part => part.futures)), categories: joined(parts.map(part => part.categories)) }
  }

  /** Errors of the forecasts of some scenes, over bodies seen throughout: all of them, or each scene's first. */
  async displacement(scenes: Scenes, rows: Int32Array, learned: Learned, signal?: AbortSignal): Promise<Displacement> {
    const { bodies, futureSteps, dimensions } = scenes
    const { futures } = await this.forecast(scenes, rows, signal)
    const happened = taken(scenes.future, bodies * futureSteps * dimensions, rows)
    const heads = futures.length / happened.length
    const counted = countedOf(scenes, rows, learned)
    return displacement(futures, happened, { heads, frames: futureSteps, dimensions, counted })
  }

  async close(): Promise<void> {
    await Promise.all([...this.predictors.values()].map(predictor => predictor.close()))
  }

  private predictor({ bodies, dimensions, past }: Scenes): NetworkPredictor {
    const key = `${bodies} ${dimensions}`
    const known = this.predictors.get(key)
    if (known) return known
    const definition = { inputs: sceneInputs(bodies, dimensions, past), answer: answerOf(this.model) }
    const made = new NetworkPredictor(definition, this.state, this.computing.threads, this.computing.device)
    this.predictors.set(key, made)
    return made
  }
}

export const allOf = ({ count }: Scenes): Int32Array => Int32Array.from({ length: count }, (_, scene) => scene)

function joined(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let start = 0
  for (const part of parts) {
    result.set(part, start)
    start += part.length
  }
  return result
}
