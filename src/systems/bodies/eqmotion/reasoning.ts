import { concat, type Tensor } from '../../../engine/index.ts'
import { Module, MultilayerPerceptron, PairPerceptron, type Mode } from '../../../nn/index.ts'
import { lengthOf } from './geometry.ts'
import { options, type Widths } from './layer.ts'

/** Invariant reasoning of what every body is to every other, without labels (section 3.2). */
export class Reasoning extends Module {
  readonly distance: MultilayerPerceptron
  readonly edge: PairPerceptron
  readonly node: MultilayerPerceptron
  readonly category: PairPerceptron

  constructor(
    { hidden, channels, categories }: Widths,
    private readonly temperature: number,
  ) {
    super()
    const pair = { ...options, items: hidden, pair: 2 * channels }
    this.distance = new MultilayerPerceptron(2 * channels, [hidden, 2 * channels], options)
    this.edge = new PairPerceptron([hidden, hidden], pair)
    this.node = new MultilayerPerceptron(2 * hidden, [hidden, hidden], options)
    this.category = new PairPerceptron([hidden, categories], pair)
  }

  /** Probabilities [B, N, N, categories] from features [B, N, hidden] and vectors [B, N, S, 2 channels]. */
  forward(features: Tensor, vectors: Tensor, pairs: Tensor, mode: Mode): Tensor {
    const distances = this.distance.forward(lengthOf(vectors.unsqueeze(2).sub(vectors.unsqueeze(1)), 3), mode)
    const messages = this.edge.pairs(features, distances, mode).mul(pairs).sum(2)
    const nodes = this.node.forward(concat([features, messages], -1), mode)
    return this.category.pairs(nodes, distances, mode).div(this.temperature).softmax(-1)
  }
}
