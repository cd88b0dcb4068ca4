import { splitAtRandom, type Trajectories } from '../../../data/index.ts'
import { float32, State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { Adam, trainable } from '../../../nn/index.ts'
import type { Computing, RunContext } from '../../../system/index.ts'
import { itemBatches, NetworkLearner, taken, trainEpochs, type EpochScore } from '../../../train/index.ts'
import { answerOf, feedsOf, Forecaster, sceneInputs } from './forecaster.ts'
import { futureLoss } from './loss.ts'
import { EqMotion, type EqMotionOptions, type Horizon } from './model.ts'
import { countedOf, scenesOf, type Learned, type Scenes } from './scenes.ts'

export interface TrainOptions extends EqMotionOptions {
  /** Of training, validation and test alike. */
  learn: Learned
  epochs: number
  batch: number
  learningRate: number
  /** The rate is multiplied by this every `decayEvery` epochs. */
  decay: number
  decayEvery: number
  /** Epochs between validations. */
  validateEvery: number
  /** Validations without a better error before training stops. */
  patience: number
}

export interface Trained {
  model: EqMotion
  state: State
  horizon: Horizon
  forecaster: Forecaster
  history: EpochScore[]
  /** The epoch whose weights were kept. */
  bestEpoch: number
  valid: { ade: number; fde: number }
  /** Undefined without test scenes. */
  test?: { ade: number; fde: number }
}

/** Learns scenes by Adam on the mean distance; the epoch of the smallest validation FDE is kept. */
export async function train(
  data: Trajectories,
  options: TrainOptions,
  context: Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal' | 'checkpoint' | 'progress'>,
): Promise<Trained> {
  const { seed, threads, device, signal } = context
  const scenes = scenesOf(data)
  const horizon = { past: scenes.past, future: scenes.futureSteps }
  const splits = data.splits ?? splitAtRandom(scenes.count, seed)
  for (const part of ['train', 'valid'] as const) checkPart(part, splits[part], scenes, options.learn)
  const model = new EqMotion(horizon, options)
  const learner = learnerOf(model, scenes, seed, { threads, device })
  const { state } = learner
  const forecaster = new Forecaster(model, horizon, state, { threads, device })
  const feeds = (rows: Int32Array) => trainingFeeds(scenes, rows, options.learn)
  const errors = async (rows: Int32Array) => {
    const { ade, fde } = await forecaster.displacement(scenes, rows, options.learn, signal)
    return { ade, fde }
  }
  try {
    const { history, bestEpoch } = await trainEpochs({
      state,
      epochs: options.epochs,
      patience: options.patience,
      every: options.validateEvery,
      better: 'lower',
      score: 'fde',
      context,
      epoch: epoch => {
        const rate = options.learningRate * options.decay ** Math.floor(epoch / options.decayEvery)
        return learner.pass(itemBatches(splits.train, { size: options.batch, seed, epoch }), { feeds, rate, signal })
      },
      validate: async () => (await errors(splits.valid)).fde,
    })
    const test = splits.test.length > 0 ? await errors(splits.test) : undefined
    return { model, state, horizon, forecaster, history, bestEpoch, valid: await errors(splits.valid), test }
  } catch (error) {
    await forecaster.close()
    throw error
  } finally {
    await learner.close()
  }
}

type SceneShape = Pick<Scenes, 'bodies' | 'dimensions' | 'past' | 'futureSteps'>

/** Adam on the mean distance, for batches of scenes of one shape. */
export function learnerOf(
  model: EqMotion,
  { bodies, dimensions, past, futureSteps }: SceneShape,
  seed: number,
  computing: Computing,
): NetworkLearner {
  return new NetworkLearner(
    {
      model,
      inputs: sceneInputs(bodies, dimensions, past),
      targets: { future: float32(['batch', bodies, futureSteps, dimensions]), weights: float32(['batch', bodies]) },
      answer: answerOf(model),
      loss: ({ futures }, { future, weights }) => futureLoss(futures!, future!, weights!),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(model) }]), seed, ...computing },
  )
}

function trainingFeeds(scenes: Scenes, rows: Int32Array, learn: TrainOptions['learn']) {
  const { bodies, futureSteps, dimensions, future } = scenes
  const weights = Float32Array.from(countedOf(scenes, rows, learn))
  return { ...feedsOf(scenes, rows), future: taken(future, bodies * futureSteps * dimensions, rows), weights }
}

function checkPart(part: string, rows: Int32Array, scenes: Scenes, learn: Learned): void {
  if (countedOf(scenes, rows, learn).includes(1)) return
  throw new InterplayError('data/empty', `no body of the ${rows.length} ${part} trajectories is seen at every step`)
}
