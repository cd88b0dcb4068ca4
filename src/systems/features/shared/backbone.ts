import { concat, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  fanInLinear,
  initializers,
  innerProducts,
  Linear,
  Module,
  MultilayerPerceptron,
  pairwiseSum,
  type Activation,
  type Mode,
} from '../../../nn/index.ts'

export const backbones = ['fm', 'deepfm', 'dcn', 'ipnn', 'mlp'] as const

export interface BackboneOptions {
  /** What makes interactions of the embeddings. */
  backbone: (typeof backbones)[number]
  hidden: number[]
  /** Of `dcn`. */
  crossLayers: number
  activation: Activation
  batchNorm: boolean
  dropout: number
}

/** x_{l+1} = x_0 (w_l . x_l) + b_l + x_l (Wang et al. 2017, equation 3). */
class VectorCross extends Module {
  readonly weights: Linear[]
  readonly biases: Parameter[]

  constructor(width: number, layers: number) {
    super()
    const weight = () => new Linear(width, 1, { bias: false, ...fanInLinear(width) })
    this.weights = Array.from({ length: layers }, weight)
    this.biases = Array.from({ length: layers }, () => new Parameter([width], initializers.zeros))
  }

  forward(start: Tensor): Tensor {
    return this.weights.reduce((x, weight, l) => start.mul(weight.forward(x)).add(this.biases[l]!).add(x), start)
  }
}

/** A table model behind its embeddings, without a first-order part: [batch, fields, d] -> [batch, outputs]. */
export class Backbone extends Module {
  readonly cross?: VectorCross
  readonly deep?: MultilayerPerceptron
  readonly combination?: Linear
  readonly pairs?: Linear

  constructor(
    fields: number,
    dimension: number,
    outputs: number,
    private readonly options: BackboneOptions,
  ) {
    super()
    const { backbone, hidden, crossLayers, activation, batchNorm, dropout } = options
    const flat = fields * dimension
    const settings = { activation, batchNorm, dropout, start: fanInLinear }
    if ((backbone === 'fm' || backbone === 'deepfm') && outputs > 1)
      this.pairs = new Linear(dimension, outputs, { bias: false, ...fanInLinear(dimension) })
    if (backbone === 'dcn') {
      this.cross = new VectorCross(flat, crossLayers)
      this.deep = new MultilayerPerceptron(flat, hidden, settings)
      const width = flat + this.deep.width
      this.combination = new Linear(width, outputs, { bias: false, initialize: fanInLinear(width).initialize })
    } else if (backbone !== 'fm') {
      const products = backbone === 'ipnn' ? (fields * (fields - 1)) / 2 : 0
      this.deep = new MultilayerPerceptron(flat + products, hidden, { ...settings, outputs })
    }
  }

  forward(embeddings: Tensor, mode: Mode): Tensor {
    const { backbone } = this.options
    const x = embeddings.flatten()
    switch (backbone) {
      case 'fm':
        return this.pairwise(embeddings)
      case 'deepfm':
        return this.pairwise(embeddings).add(this.deep!.forward(x, mode))
      case 'dcn':
        return this.combination!.forward(concat([this.cross!.forward(x), this.deep!.forward(x, mode)], 1))
      case 'ipnn':
        return this.deep!.forward(concat([x, innerProducts(embeddings)], 1), mode)
      case 'mlp':
        return this.deep!.forward(x, mode)
    }
  }

  private pairwise(embeddings: Tensor): Tensor {
    const products = pairwiseSum(embeddings)
    return this.pairs?.forward(products) ?? products.sum(1, { keep: true })
  }
}
