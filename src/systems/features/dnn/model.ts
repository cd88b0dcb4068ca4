import {
  FieldEmbedding,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  type Activation,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'

export interface DeepOptions {
  embeddingDimension: number
  hidden: number[]
  activation: Activation
  batchNorm: boolean
  dropout: number
}

/** Fully connected layers on the joined embeddings (Covington et al. 2016). */
export class DeepNetwork extends TableModel {
  readonly embedding: FieldEmbedding
  readonly layers: MultilayerPerceptron

  constructor(spec: TableSpec, { embeddingDimension, hidden, ...options }: DeepOptions) {
    super()
    this.embedding = new FieldEmbedding(spec, embeddingDimension)
    const inputs = spec.fields.length * embeddingDimension
    this.layers = new MultilayerPerceptron(inputs, hidden, { ...options, outputs: outputWidth(spec) })
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.layers.forward(this.embedding.forward(batch).flatten(), mode)
  }
}
