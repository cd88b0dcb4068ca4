import { Parameter, type Tensor } from '../../../engine/index.ts'
import { initializers, Linear, Module, MultilayerPerceptron, type Mode } from '../../../nn/index.ts'
import type { CatGcnOptions } from './options.ts'

/** The interactions of all of a node's categories at once: their mean is read by a perceptron. */
export abstract class GlobalInteraction extends Module {
  readonly mlp: MultilayerPerceptron

  constructor(width: number, { globalHidden, dropout }: CatGcnOptions, classes: number) {
    super()
    this.mlp = new MultilayerPerceptron(width, globalHidden, { outputs: classes, dropout })
  }

  /** What each category hears of the others: [N, S, D], presence [N, S] -> [N, S, width]. */
  abstract interact(vectors: Tensor, present: Tensor, mode: Mode): Tensor

  /** [N, S, D], presence [N, S] -> [N, classes] */
  forward(vectors: Tensor, present: Tensor, mode: Mode): Tensor {
    const features = this.interact(vectors, present, mode).mul(present.unsqueeze(2))
    return this.mlp.forward(features.sum(1).div(present.sum(1, { keep: true }).maximum(1)), mode)
  }
}

/**
 * H_i = relu(W (sum_j E_j + r E_i) / (S + r) + b): a graph convolution over the complete graph of a node's S categories,
 * with r more on its diagonal (Chen et al. 2023, equation 5), in O(S D) as every row of the graph is the same.
 */
class CompleteInteraction extends GlobalInteraction {
  readonly projection: Linear
  private readonly probe: number
  private readonly dropout: number

  constructor(options: CatGcnOptions, classes: number) {
    const width = options.embeddingDimension
    super(width, options, classes)
    this.probe = options.probe
    this.dropout = options.dropout
    this.projection = new Linear(width, width, { initialize: initializers.xavierUniform })
  }

  interact(vectors: Tensor, present: Tensor, mode: Mode): Tensor {
    const total = vectors.sum(1, { keep: true })
    const scale = present.sum(1, { keep: true }).add(this.probe).maximum(1e-6).unsqueeze(2)
    const mixed = total.add(vectors.mul(this.probe)).div(scale)
    return mode.dropout(this.projection.forward(mixed).relu(), this.dropout)
  }
}

/** Category i hears category j by the cosine of their vectors: C E, with C_ij = cos(E_i, E_j). */
class CosineInteraction extends GlobalInteraction {
  constructor(options: CatGcnOptions, classes: number) {
    super(options.embeddingDimension, options, classes)
  }

  interact(vectors: Tensor, present: Tensor): Tensor {
    const length = vectors.square().sum(2, { keep: true }).add(present.neg().add(1).unsqueeze(2)).sqrt()
    const unit = vectors.div(length)
    return unit.matmul(unit, { transposeB: true }).matmul(vectors)
  }
}

/** One layer of heads: softmax_j leaky(s . tanh(W e_i) + d . tanh(W e_j)) W e_j + b, every category hearing every other. */
class AttentionLayer extends Module {
  readonly weight: Parameter
  readonly source: Parameter
  readonly destination: Parameter
  readonly bias: Parameter

  constructor(inputs: number, outputs: number, heads: number) {
    super()
    this.weight = new Parameter([heads, inputs, outputs], initializers.xavierUniform)
    this.source = new Parameter([heads, outputs, 1], initializers.xavierUniform)
    this.destination = new Parameter([heads, outputs, 1], initializers.xavierUniform)
    this.bias = new Parameter([outputs], initializers.zeros)
  }

  /** [N, S, inputs], presence [N, S] -> [N, heads, S, outputs] */
  forward(x: Tensor, present: Tensor): Tensor {
    const values = x.unsqueeze(1).matmul(this.weight)
    const bent = values.tanh()
    const scores = bent
      .matmul(this.source)
      .add(bent.matmul(this.destination).transpose([0, 1, 3, 2]))
      .leakyRelu(0.2)
    const absent = present.neg().add(1).mul(-1e9).unsqueeze([1, 2])
    return scores.add(absent).softmax(-1).matmul(values).add(this.bias)
  }
}

/** Layers of attention among a node's categories; heads are joined, with ELU, and averaged in the last layer. */
class AttentionInteraction extends GlobalInteraction {
  readonly attention: AttentionLayer[]
  private readonly dropout: number

  constructor(options: CatGcnOptions, classes: number) {
    const { embeddingDimension, attentionWidths: widths, attentionHeads: heads, dropout } = options
    super(widths.at(-1)!, options, classes)
    this.dropout = dropout
    this.attention = widths.map((outputs, i) => {
      const inputs = i === 0 ? embeddingDimension : widths[i - 1]! * heads[i - 1]!
      return new AttentionLayer(inputs, outputs, heads[i]!)
    })
  }

  interact(vectors: Tensor, present: Tensor, mode: Mode): Tensor {
    return this.attention.reduce((x, layer, i) => {
      const heads = layer.forward(x, present)
      if (i === this.attention.length - 1) return heads.mean(1)
      const joined = heads.transpose([0, 2, 1, 3]).flatten(2)
      return mode.dropout(joined.elu(), this.dropout)
    }, vectors)
  }
}

const kinds = { complete: CompleteInteraction, attention: AttentionInteraction, cosine: CosineInteraction }

/** The global part that the options ask for; undefined where they ask for none. */
export function globalInteraction(options: CatGcnOptions, classes: number): GlobalInteraction | undefined {
  const kind = options.globalInteraction
  return kind === 'none' ? undefined : new kinds[kind](options, classes)
}
