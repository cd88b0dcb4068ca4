import { concat, constant, stack, type Tensor } from '../../../engine/index.ts'
import { fanInLinear, Linear, Module, type Mode } from '../../../nn/index.ts'
import { cosineTransform, turnsOf, velocitiesOf } from './geometry.ts'
import { MotionLayer, plain, type SceneContext, type SceneState, type Widths } from './layer.ts'
import { Reasoning } from './reasoning.ts'

export interface EqMotionOptions extends Widths {
  layers: number
  temperature: number
  /** Futures foretold side by side. */
  heads: number
  /** False holds every category of every pair equally likely. */
  reasoning: boolean
}

/** Steps of a scene that are seen, and that are asked for. */
export interface Horizon {
  past: number
  future: number
}

/** A last layer of its own, and the read-out of one possible future. */
class Head extends Module {
  readonly layer: MotionLayer
  readonly output: Linear

  constructor(widths: Widths, future: number) {
    super()
    this.layer = new MotionLayer(widths)
    this.output = plain(widths.channels, future)
  }
}

/**
 * Forecasts all bodies jointly (Xu et al. 2023): moved, turned or mirrored scenes have moved, turned or mirrored futures, and
 * what bodies are to each other stays the same. One future ends in `output`; several have a last layer each.
 */
export class EqMotion extends Module {
  readonly speed: Linear
  readonly angle: Linear
  readonly location: Linear
  readonly velocity: Linear
  readonly reasoning?: Reasoning
  readonly layers: MotionLayer[]
  readonly output?: Linear
  readonly heads?: Head[]

  constructor(
    private readonly horizon: Horizon,
    private readonly options: EqMotionOptions,
  ) {
    super()
    const { past, future } = horizon
    const { hidden, channels, layers, temperature, heads } = options
    this.speed = new Linear(past, hidden / 2, fanInLinear(past))
    this.angle = new Linear(past, hidden / 2, fanInLinear(past))
    this.location = plain(past, channels)
    this.velocity = plain(past, channels)
    if (options.reasoning) this.reasoning = new Reasoning(options, temperature)
    this.layers = Array.from({ length: heads > 1 ? layers - 1 : layers }, () => new MotionLayer(options))
    if (heads > 1) this.heads = Array.from({ length: heads }, () => new Head(options, future))
    else this.output = plain(channels, future)
  }

  /**
   * Futures [B, N, heads, Tf, S] and category probabilities [B, N, N, categories] of locations [B, N, Tp, S]; `there`
   * [B, N] is 1 for bodies, 0 for padding.
   */
  forward(locations: Tensor, there: Tensor, mode: Mode): { futures: Tensor; categories: Tensor } {
    const { past, future } = this.horizon
    const bodies = there.sum(1).reshape(['batch', 1, 1, 1], [there])
    const present = there.unsqueeze([2, 3])
    const centre = (x: Tensor) =>
      x
        .mul(present)
        .sum([1, 3], { keep: true })
        .div(bodies.mul(x.shape[3] as number))
    const speeds = velocitiesOf(locations)
    const start = centre(locations.transpose([0, 1, 3, 2]))
    const frequencies = cosineTransform(past).transpose()
    const positions = locations.transpose([0, 1, 3, 2]).sub(start).matmul(frequencies)
    const middle = centre(positions)
    const vectors = this.location.forward(positions.sub(middle)).add(middle)
    const velocities = this.velocity.forward(speeds.transpose([0, 1, 3, 2]).matmul(frequencies))
    const features = concat([this.speed.forward(speeds.norm(3)), this.angle.forward(turnsOf(speeds))], -1)
    const pairs = pairsOf(there)
    const categories = this.categories(features, concat([vectors, velocities], -1), pairs, mode)
    const context: SceneContext = { velocities, categories, pairs, centre }
    const shared = this.layers.reduce((state, layer) => layer.forward(state, context, mode), { features, vectors })
    const read = ({ vectors: last }: SceneState, output: Linear) => {
      const mean = centre(last)
      const answer = output.forward(last.sub(mean)).add(mean)
      return answer.matmul(cosineTransform(future)).add(start).transpose([0, 1, 3, 2])
    }
    const futures = this.heads
      ? this.heads.map(({ layer, output }) => read(layer.forward(shared, context, mode), output))
      : [read(shared, this.output!)]
    return { futures: stack(futures, 2), categories }
  }

  private categories(features: Tensor, vectors: Tensor, pairs: Tensor, mode: Mode): Tensor {
    const { categories } = this.options
    if (this.reasoning) return this.reasoning.forward(features, vectors, pairs, mode)
    return pairs.mul(0).add(
      constant(
        Array.from({ length: categories }, () => 1 / categories),
        [categories],
      ),
    )
  }
}

/** 1 for ordered pairs of different bodies that are there, [B, N, N, 1]. */
function pairsOf(there: Tensor): Tensor {
  const bodies = there.shape[1] as number
  const others = Array.from({ length: bodies ** 2 }, (_, at) => (at % (bodies + 1) === 0 ? 0 : 1))
  return there
    .unsqueeze(2)
    .mul(there.unsqueeze(1))
    .mul(constant(others, [bodies, bodies]))
    .unsqueeze(3)
}
