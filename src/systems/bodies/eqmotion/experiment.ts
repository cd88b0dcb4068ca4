import { formatNumber } from '../../../charts/format.ts'
import { particles, type Particles } from '../../../data/index.ts'
import { displacement } from '../../../metrics/index.ts'
import { moduleParitySettled, showRows } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { constantVelocity } from '../shared/constant-velocity.ts'
import { baselineError, type Baseline } from './baselines.ts'
import { eqmotion } from './index.ts'
import { symmetryOf } from './motions.ts'
import { parities } from './parity.ts'
import { columns, pedestrians } from './pedestrians.ts'
import { scenesOf } from './scenes.ts'
import { train, type TrainOptions } from './train.ts'

export async function run(context: StudyContext): Promise<void> {
  const cases = await parities()
  if (cases) context.settle('parity', moduleParitySettled(cases))
  else context.skip('parity', 'fixtures are not here')
  await symmetries(context)
  worldScore(context)
  await forecasts(context)
  await pedestrians(context)
}

const defaults = () => eqmotion.options.parse({}) as TrainOptions

async function symmetries({ settle }: StudyContext): Promise<void> {
  const { motion, categories, order } = await symmetryOf(defaults(), 1)
  settle('motion', { measured: motion, holds: motion <= 1e-4 })
  settle('categories', { measured: categories, holds: categories <= 1e-5 })
  settle('order', { measured: order, holds: order <= 1e-4 })
}

/** How far bodies are after 20 frames from where their last velocity would have brought them. */
function worldScore({ settle, size }: StudyContext): void {
  const { ade, fde } = straightOn(particles({ kind: 'springs', scenes: size === 'full' ? 2000 : 300, seed: 1 }))
  const off = Math.max(Math.abs(ade / 0.575 - 1), Math.abs(fde / 1.46 - 1))
  settle('world', { measured: `${formatNumber(ade)} / ${formatNumber(fde)}`, holds: off <= 0.05 })
}

function straightOn(world: Particles) {
  const { future, locations, dimensions, past, futureSteps } = scenesOf(world)
  const foretold = constantVelocity(locations, { past, future: futureSteps, dimensions })
  return displacement(foretold, future, { heads: 1, frames: futureSteps, dimensions })
}

const [trainScenes, validScenes, testScenes] = [1000, 500, 500]
const epochs = 26
/** What the authors tell springs apart at (model_t_reason.py). */
const temperature = 0.5

const learned = ['springs', 'rivals', 'reasoning', 'uniform']

async function forecasts(context: StudyContext): Promise<void> {
  const { seeds, threads, device, signal, settle, skip, open, progress, size } = context
  if (size === 'small') {
    for (const claim of learned) skip(claim, 'full size only')
    return
  }
  if (!open(...learned)) return
  const rows: (string | number)[][] = []
  const scores = { reasoned: [] as number[], uniform: [] as number[], accuracy: [] as number[] }
  const rivals: Record<Baseline, number[]> = { graph: [], perceptron: [] }
  for (const seed of seeds) {
    const world = particles({ kind: 'springs', scenes: trainScenes + validScenes + testScenes, seed })
    const range = (start: number, count: number) => Int32Array.from({ length: count }, (_, i) => start + i)
    const splits = {
      train: range(0, trainScenes),
      valid: range(trainScenes, validScenes),
      test: range(trainScenes + validScenes, testScenes),
    }
    for (const baseline of ['graph', 'perceptron'] as const) {
      const running = {
        ...{ seed, threads, device, signal },
        progress: ({ done, total }: { done: number; total: number }) =>
          progress(`springs, seed ${seed}, ${baseline}: epoch ${done} of ${total}`),
      }
      const { ade, fde } = await baselineError(baseline, scenesOf(world), splits, running)
      rivals[baseline].push(ade)
      rows.push(['springs', seed, baseline === 'graph' ? 'graph network' : baseline, ade, fde, ''])
    }
    for (const reasoning of [true, false]) {
      const options = { ...defaults(), epochs, temperature, reasoning }
      const context = {
        ...{ seed, threads, device, signal },
        progress: ({ done, total }: { done: number; total: number }) =>
          progress(`springs, seed ${seed}, ${reasoning ? 'reasoning' : 'uniform'}: epoch ${done} of ${total}`),
      }
      const { forecaster, test } = await train({ ...world, splits }, options, context)
      const accuracy = reasoning ? await edgeAccuracy(world, splits, forecaster) : Number.NaN
      await forecaster.close()
      scores[reasoning ? 'reasoned' : 'uniform'].push(test!.ade)
      if (reasoning) scores.accuracy.push(accuracy)
      rows.push([
        'springs',
        seed,
        `categories ${reasoning ? 'inferred' : 'uniform'}`,
        test!.ade,
        test!.fde,
        reasoning ? accuracy : '',
      ])
    }
  }
  showRows(context, { columns, rows })
  const { reasoned, uniform, accuracy } = scores
  const list = (values: number[]) => values.map(value => formatNumber(value)).join(', ')
  settle('springs', { measured: list(reasoned), holds: reasoned.every(value => value <= 0.1), seeds })
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value / values.length, 0)
  settle('rivals', {
    measured: `${formatNumber(mean(reasoned))} against ${formatNumber(mean(rivals.graph))} and ${formatNumber(mean(rivals.perceptron))}`,
    holds: mean(reasoned) <= 0.7 * mean(rivals.graph) && mean(reasoned) < mean(rivals.perceptron),
    seeds,
  })
  settle('reasoning', {
    measured: list(accuracy),
    holds: accuracy.every(value => value >= 0.85),
    seeds,
    note: `within ${(epochs * trainScenes) / defaults().batch} steps it depends on the first weights, also those of the authors' code (fixtures/eqmotion)`,
  })
  settle('uniform', {
    measured: `${list(uniform)} against ${list(reasoned)}`,
    holds: uniform.every((value, i) => value > reasoned[i]!),
    seeds,
  })
}

type Trained = Awaited<ReturnType<typeof train>>

/** Share of pairs told apart on test scenes; which category is a spring is chosen once, on validation scenes. */
async function edgeAccuracy(
  world: Particles,
  splits: { valid: Int32Array; test: Int32Array },
  forecaster: Trained['forecaster'],
): Promise<number> {
  const scenes = scenesOf(world)
  const { bodies, edges } = world
  const first = async (rows: Int32Array) => {
    const { categories } = await forecaster.forecast(scenes, rows)
    let [hits, pairs] = [0, 0]
    for (let at = 0; at < rows.length * bodies ** 2; at++) {
      const [row, one, other] = [Math.floor(at / bodies ** 2), Math.floor(at / bodies) % bodies, at % bodies]
      if (one === other) continue
      const joined = edges[rows[row]! * bodies ** 2 + one * bodies + other] === 1
      hits += Number(joined === categories[2 * at]! > categories[2 * at + 1]!)
      pairs++
    }
    return hits / pairs
  }
  const [valid, test] = [await first(splits.valid), await first(splits.test)]
  return valid >= 0.5 ? test : 1 - test
}
