import type { Trajectories } from '../../../data/index.ts'
import type { State } from '../../../engine/index.ts'
import type { Answer, Fitted } from '../../../system/index.ts'
import type { Forecast, Forecaster } from './forecaster.ts'
import type { Scenes } from './scenes.ts'

interface Parts {
  forecaster: Forecaster
  state: State
  description: Record<string, unknown>
}

/** A trained forecaster as the verbs take it. */
export const fitted = (
  { forecaster, state, description }: Parts,
  parameters: number,
  metrics: Fitted['metrics'] = {},
): Fitted<Trajectories> => ({
  metrics,
  parameters,
  predict: async (tracks, { signal }) => {
    const scenes = forecaster.scenes(tracks)
    return answer(scenes, await forecaster.forecast(scenes, undefined, signal), tracks.names)
  },
  save: () => ({
    description,
    tensors: Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
  }),
  close: () => forecaster.close(),
})

const axes = ['x', 'y', 'z']

/** A record a body that is there and step to come (and possible future); who acts on whom is a file beside them. */
function answer(scenes: Scenes, { futures, categories }: Forecast, names?: readonly string[]): Answer {
  const { count, bodies, futureSteps, dimensions, past, there } = scenes
  const heads = futures.length / (count * bodies * futureSteps * dimensions)
  const records = Array.from({ length: count * bodies * heads * futureSteps }, (_, at) => at).flatMap(at => {
    const [step, head] = [at % futureSteps, Math.floor(at / futureSteps) % heads]
    const body = Math.floor(at / (futureSteps * heads))
    if (there[body] === 0) return []
    const place = futures.subarray(at * dimensions, (at + 1) * dimensions)
    const record = {
      scene: Math.floor(body / bodies) + 1,
      body: names?.[body] ?? (body % bodies) + 1,
      ...(heads > 1 ? { future: head + 1 } : {}),
      step: past + step + 1,
      ...Object.fromEntries(Array.from(place, (value, d) => [axes[d]!, value])),
    }
    return [record]
  })
  return { records, files: { 'interactions.csv': interactions(scenes, categories, names) } }
}

/** The probability of every kind of interaction, a line an ordered pair of bodies that are there. */
function interactions({ count, bodies, there }: Scenes, categories: Float32Array, names?: readonly string[]): string {
  const kinds = categories.length / (count * bodies * bodies)
  const lines = [['scene', 'body', 'other', ...Array.from({ length: kinds }, (_, k) => `kind${k + 1}`)].join(',')]
  for (let pair = 0; pair < count * bodies * bodies; pair++) {
    const [one, other] = [Math.floor(pair / bodies), pair % bodies]
    const scene = Math.floor(one / bodies)
    if (one % bodies === other || there[one] === 0 || there[scene * bodies + other] === 0) continue
    const values = Array.from(categories.subarray(pair * kinds, (pair + 1) * kinds), value => value.toFixed(6))
    const named = (body: number) => names?.[scene * bodies + body] ?? body + 1
    lines.push([scene + 1, named(one % bodies), named(other), ...values].join(','))
  }
  return `${lines.join('\n')}\n`
}
