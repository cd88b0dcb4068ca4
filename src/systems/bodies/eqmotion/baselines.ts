import { concat, constant, float32, type Tensor } from '../../../engine/index.ts'
import { displacement, type Displacement } from '../../../metrics/index.ts'
import { Adam, Module, MultilayerPerceptron, PairPerceptron, trainable, type Mode } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { itemBatches, NetworkLearner, taken, trainEpochs } from '../../../train/index.ts'
import { lengthOf } from './geometry.ts'
import { options } from './layer.ts'
import { futureLoss } from './loss.ts'
import type { Scenes } from './scenes.ts'

/** What a forecaster without symmetry knows: a body's own past, or that of all bodies through summed messages. */
export type Baseline = 'perceptron' | 'graph'

type Shape = Pick<Scenes, 'bodies' | 'past' | 'futureSteps' | 'dimensions'>

const width = 128

/**
 * Forecasts in the coordinates that the scene came in: a perceptron of each body's positions and velocities and, of a graph,
 * of the summed messages of all others, to steps from its last position.
 */
class PastForecaster extends Module {
  readonly past: MultilayerPerceptron
  readonly messages?: PairPerceptron
  readonly future: MultilayerPerceptron

  constructor(
    private readonly shape: Shape,
    baseline: Baseline,
  ) {
    super()
    const { past, futureSteps, dimensions } = shape
    this.past = new MultilayerPerceptron(2 * past * dimensions, [width, width], options)
    if (baseline === 'graph')
      this.messages = new PairPerceptron([width, width], { ...options, items: width, pair: past })
    const read = baseline === 'graph' ? 2 * width : width
    this.future = new MultilayerPerceptron(read, [width, width], { ...options, outputs: futureSteps * dimensions })
  }

  /** Positions [B, N, past, S] to futures [B, N, 1, future, S]. */
  forward(locations: Tensor, mode: Mode): Tensor {
    const { bodies, past, futureSteps, dimensions } = this.shape
    const velocities = locations.slice(2, 1).sub(locations.slice(2, 0, past - 1))
    const known = concat([locations, velocities.slice(2, 0, 1), velocities], 2)
    const own = this.past.forward(known.reshape(['batch', bodies, 2 * past * dimensions]), mode)
    const read = this.messages ? concat([own, this.heard(own, locations, this.messages, mode)], 2) : own
    const steps = this.future.forward(read, mode).reshape(['batch', bodies, 1, futureSteps, dimensions])
    return steps.add(locations.slice(2, past - 1).unsqueeze(2))
  }

  private heard(own: Tensor, locations: Tensor, messages: PairPerceptron, mode: Mode): Tensor {
    const { bodies } = this.shape
    const distances = lengthOf(locations.unsqueeze(2).sub(locations.unsqueeze(1)), 4)
    const others = Float32Array.from({ length: bodies ** 2 }, (_, at) => Number(at % (bodies + 1) !== 0))
    return messages
      .pairs(own, distances, mode)
      .mul(constant(others, [1, bodies, bodies, 1]))
      .sum(2)
  }
}

/** How a baseline is trained; the epoch of the smallest validation error is kept. */
const [epochs, batch, learningRate, every] = [110, 100, 5e-4, 5]

/** Test error of a baseline on scenes whose bodies are seen throughout. */
export async function baselineError(
  baseline: Baseline,
  scenes: Scenes,
  splits: { train: Int32Array; valid: Int32Array; test: Int32Array },
  context: Pick<RunContext, 'seed' | 'threads' | 'device' | 'signal' | 'progress'>,
): Promise<Displacement> {
  const { bodies, past, futureSteps, dimensions } = scenes
  const { seed, threads, device, signal } = context
  const model = new PastForecaster(scenes, baseline)
  const learner = new NetworkLearner(
    {
      model,
      inputs: { locations: float32(['batch', bodies, past, dimensions]) },
      targets: { future: float32(['batch', bodies, futureSteps, dimensions]), weights: float32(['batch', bodies]) },
      answer: ({ locations }, mode) => ({ futures: model.forward(locations!, mode) }),
      loss: ({ futures }, { future, weights }) => futureLoss(futures!, future!, weights!),
    },
    { optimizer: new Adam([{ name: 'network', parameters: trainable(model) }]), seed, threads, device },
  )
  const pastOf = (rows: Int32Array) => ({ locations: taken(scenes.locations, bodies * past * dimensions, rows) })
  const futureOf = (rows: Int32Array) => taken(scenes.future, bodies * futureSteps * dimensions, rows)
  const feeds = (rows: Int32Array) => ({
    ...pastOf(rows),
    future: futureOf(rows),
    weights: new Float32Array(rows.length * bodies).fill(1),
  })
  const error = async (rows: Int32Array) => {
    const { futures } = await learner.answer(pastOf(rows))
    return displacement(futures!.data as Float32Array, futureOf(rows), { heads: 1, frames: futureSteps, dimensions })
  }
  try {
    await trainEpochs({
      ...{ state: learner.state, epochs, every, context },
      ...{ patience: epochs, better: 'lower', score: 'fde' },
      epoch: epoch =>
        learner.pass(itemBatches(splits.train, { size: batch, seed, epoch }), { feeds, rate: learningRate, signal }),
      validate: async () => (await error(splits.valid)).fde,
    })
    return await error(splits.test)
  } finally {
    await learner.close()
  }
}
