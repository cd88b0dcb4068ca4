import { Parameter, type Tensor } from '../../engine/index.ts'
import { zeros } from '../initializers.ts'
import { outputWidth, type TableBatch } from './batch.ts'
import { FieldEmbedding } from './embedding.ts'
import type { TableSpec } from './spec.ts'

/** The linear part of a table model: a weight a value (or times a number), summed over fields: [batch, outputs]. */
export class FirstOrder extends FieldEmbedding {
  readonly bias?: Parameter

  constructor(spec: TableSpec, { bias = false } = {}) {
    super(spec, outputWidth(spec))
    if (bias) this.bias = new Parameter([outputWidth(spec)], zeros)
  }

  override forward(batch: TableBatch): Tensor {
    const total = super.forward(batch).sum(1)
    return this.bias ? total.add(this.bias) : total
  }
}

/** Half of (square of sum - sum of squares): all pairs' elementwise products summed, [batch, fields, d] -> [batch, d]. */
export const pairwiseSum = (embeddings: Tensor): Tensor =>
  embeddings.sum(1).square().sub(embeddings.square().sum(1)).mul(0.5)
