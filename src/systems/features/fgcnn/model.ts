import {
  FieldEmbedding,
  FirstOrder,
  innerProducts,
  Linear,
  MultilayerPerceptron,
  outputWidth,
  pairwiseSum,
  TableModel,
  type Activation,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { concat, type Tensor } from '../../../engine/index.ts'
import { FeatureGenerator, generatedFeatures, type GeneratorOptions } from './generator.ts'

export interface FgcnnOptions extends GeneratorOptions {
  embeddingDimension: number
  /** What learns from raw and generated features. */
  classifier: 'ipnn' | 'dnn' | 'fm' | 'deepfm' | 'linear'
  hidden: number[]
  activation: Activation
  batchNorm: boolean
  dropout: number
}

/** Feature generation by convolution, and a classifier of the widened table (Liu et al. 2019). */
export class Fgcnn extends TableModel {
  readonly embedding: FieldEmbedding
  readonly generator?: FeatureGenerator
  readonly deep?: MultilayerPerceptron
  readonly wide?: FirstOrder
  readonly pairs?: Linear
  readonly linear?: Linear

  constructor(
    spec: TableSpec,
    private readonly options: FgcnnOptions,
  ) {
    super()
    const { embeddingDimension, classifier, hidden, channels, activation, batchNorm, dropout } = options
    const outputs = outputWidth(spec)
    const rows = spec.fields.length + generatedFeatures(spec.fields.length, options)
    this.embedding = new FieldEmbedding(spec, embeddingDimension)
    if (channels.length > 0) this.generator = new FeatureGenerator(spec, embeddingDimension, options)
    if (classifier === 'linear') this.linear = new Linear(rows * embeddingDimension, outputs)
    if (classifier === 'fm' || classifier === 'deepfm') {
      this.wide = new FirstOrder(spec, { bias: classifier === 'fm' })
      if (outputs > 1) this.pairs = new Linear(embeddingDimension, outputs, { bias: false })
    }
    if (classifier === 'fm' || classifier === 'linear') return
    const products = classifier === 'ipnn' ? (rows * (rows - 1)) / 2 : 0
    const settings = { activation, batchNorm, dropout, outputs }
    this.deep = new MultilayerPerceptron(rows * embeddingDimension + products, hidden, settings)
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const embeddings = this.embedding.forward(batch)
    const augmented = this.generator
      ? concat([embeddings, this.generator.forward(batch, embeddings, mode)], 1)
      : embeddings
    const parts = [
      this.linear?.forward(augmented.flatten()),
      this.wide?.forward(batch),
      this.wide && this.pairwise(augmented),
      this.deep?.forward(this.deepInput(augmented), mode),
    ]
    return parts.filter(part => part !== undefined).reduce((sum, part) => sum.add(part))
  }

  private pairwise(augmented: Tensor): Tensor {
    const products = pairwiseSum(augmented)
    return this.pairs?.forward(products) ?? products.sum(1, { keep: true })
  }

  private deepInput(augmented: Tensor): Tensor {
    if (this.options.classifier !== 'ipnn') return augmented.flatten()
    return concat([augmented.flatten(), innerProducts(augmented)], 1)
  }
}
