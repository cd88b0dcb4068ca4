import { concat, type Tensor } from '../../../engine/index.ts'
import { fanInLinear, Linear, Module, MultilayerPerceptron, PairPerceptron, type Mode } from '../../../nn/index.ts'
import { lengthOf } from './geometry.ts'

export interface Widths {
  /** Width of a body's features, invariant to motions of the scene. */
  hidden: number
  /** Vectors a body is described by. */
  channels: number
  categories: number
  /** Categories that push or pull; those beyond mean no force. */
  forces: number
}

/** What is known of a scene while it goes through the layers. */
export interface SceneState {
  /** Invariant, [B, N, hidden]. */
  features: Tensor
  /** Equivariant, [B, N, S, channels]. */
  vectors: Tensor
}

/** What stays the same in all layers. */
export interface SceneContext {
  /** [B, N, S, channels] */
  velocities: Tensor
  /** [B, N, N, categories] */
  categories: Tensor
  /** 1 for two different bodies that are there, [B, N, N, 1]. */
  pairs: Tensor
  /** Mean over the bodies that are there and all channels, [B, 1, S, 1]. */
  centre(vectors: Tensor): Tensor
}

export const plain = (inputs: number, outputs: number): Linear =>
  new Linear(inputs, outputs, { ...fanInLinear(inputs), bias: false })
export const options = { activation: 'silu', start: fanInLinear } as const

/** One layer of equivariant and invariant learning (section 3.3 and 3.4). */
export class MotionLayer extends Module {
  readonly edge: PairPerceptron
  readonly inner: Linear
  readonly experts: PairPerceptron[]
  readonly factor: MultilayerPerceptron
  readonly velocity: Linear
  readonly query: Linear
  readonly key: Linear
  readonly node: MultilayerPerceptron

  constructor({ hidden, channels, forces }: Widths) {
    super()
    const pair = { ...options, items: hidden, pair: channels }
    this.edge = new PairPerceptron([hidden, hidden], pair)
    this.inner = new Linear(hidden, channels, fanInLinear(hidden))
    this.experts = Array.from({ length: forces }, () => new PairPerceptron([hidden, channels], pair))
    this.factor = new MultilayerPerceptron(channels, [channels], { ...options, outputs: channels })
    this.velocity = plain(channels, channels)
    this.query = plain(channels, channels)
    this.key = plain(channels, channels)
    this.node = new MultilayerPerceptron(2 * hidden, [hidden], { ...options, outputs: hidden })
  }

  forward({ features, vectors }: SceneState, context: SceneContext, mode: Mode): SceneState {
    const { velocities, categories, pairs, centre } = context
    const apart = vectors.unsqueeze(2).sub(vectors.unsqueeze(1))
    const distances = lengthOf(apart, 3)
    const gates = this.inner.forward(features).silu().unsqueeze(2)
    const inner = vectors.add(vectors.sub(centre(vectors)).mul(gates))
    const forces = this.experts
      .map((expert, k) => expert.pairs(features, distances, mode).mul(categories.slice(3, k, k + 1)))
      .reduce((sum, force) => sum.add(force))
    const factors = this.factor.forward(forces, mode).silu().mul(pairs)
    const pulled = inner.add(factors.unsqueeze(3).mul(apart).sum(2))
    const moved = pulled.add(this.velocity.forward(velocities))
    const messages = this.edge.pairs(features, distances, mode).mul(pairs).sum(2)
    const update = this.node.forward(concat([features, messages], -1), mode)
    return { features: features.add(update), vectors: this.bend(moved, centre(moved)) }
  }

  /** A non-linearity along directions of the scene itself: what opposes its key loses a part along the key. */
  private bend(vectors: Tensor, centre: Tensor): Tensor {
    const centred = vectors.sub(centre)
    const [query, key] = [this.query.forward(centred), this.key.forward(centred)]
    const product = query.mul(key).sum(2, { keep: true })
    const along = product.minimum(0).div(key.sumSquares(2, { keep: true }).add(1e-4))
    return query.sub(along.mul(key)).add(centre)
  }
}
