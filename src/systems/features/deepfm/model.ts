import {
  FieldEmbedding,
  FirstOrder,
  Linear,
  MultilayerPerceptron,
  outputWidth,
  pairwiseSum,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'
import type { DeepOptions } from '../dnn/model.ts'

/** A factorisation machine and a deep network on the same embeddings, their outputs added (Guo et al. 2017, section 2). */
export class DeepFactorizationMachine extends TableModel {
  readonly linear: FirstOrder
  readonly embedding: FieldEmbedding
  readonly deep: MultilayerPerceptron
  readonly pairs?: Linear

  constructor(spec: TableSpec, { embeddingDimension, hidden, ...options }: DeepOptions) {
    super()
    const outputs = outputWidth(spec)
    this.linear = new FirstOrder(spec)
    this.embedding = new FieldEmbedding(spec, embeddingDimension)
    this.deep = new MultilayerPerceptron(spec.fields.length * embeddingDimension, hidden, { ...options, outputs })
    if (outputs > 1) this.pairs = new Linear(embeddingDimension, outputs, { bias: false })
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const embeddings = this.embedding.forward(batch)
    const products = pairwiseSum(embeddings)
    const pairs = this.pairs?.forward(products) ?? products.sum(1, { keep: true })
    return this.linear.forward(batch).add(pairs).add(this.deep.forward(embeddings.flatten(), mode))
  }
}
