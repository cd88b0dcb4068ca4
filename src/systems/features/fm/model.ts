import {
  FieldEmbedding,
  FirstOrder,
  Linear,
  outputWidth,
  pairwiseSum,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'

/**
 * y = w0 + sum_i w_i x_i + sum_{i<j} <v_i, v_j> x_i x_j (Rendle 2010, equation 1). With several outputs each reads the
 * pairwise products through its own linear map.
 */
export class FactorizationMachine extends TableModel {
  readonly linear: FirstOrder
  readonly embedding: FieldEmbedding
  readonly pairs?: Linear

  constructor(spec: TableSpec, embeddingDimension: number) {
    super()
    this.linear = new FirstOrder(spec, { bias: true })
    this.embedding = new FieldEmbedding(spec, embeddingDimension)
    if (outputWidth(spec) > 1) this.pairs = new Linear(embeddingDimension, outputWidth(spec), { bias: false })
  }

  forward(batch: TableBatch, _mode: Mode): Tensor {
    const products = pairwiseSum(this.embedding.forward(batch))
    return this.linear.forward(batch).add(this.pairs?.forward(products) ?? products.sum(1, { keep: true }))
  }
}
