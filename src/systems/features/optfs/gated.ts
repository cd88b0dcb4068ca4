import { concat, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  FieldEmbedding,
  fieldsOf,
  initializers,
  outputWidth,
  stacked,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { SearchModel } from '../../../train/index.ts'
import { Backbone, type BackboneOptions } from '../shared/backbone.ts'

export interface GatedOptions extends BackboneOptions {
  embeddingDimension: number
  /** c_0, what every gate's score starts at. */
  initialGate: number
}

/** s = 1 / sigmoid(c_0): an untouched gate is open by exactly 1. */
export const scaleOf = (initialGate: number): number => 1 + Math.exp(-initialGate)

/**
 * e_i = s m_i E_i, m_i = sigmoid(tau c_i) while searching and [c_i > 0] afterwards (Lyu et al. 2023, section 3). A feature is
 * one value of a categorical field; a numeric or a sequence field is one feature.
 */
export class GatedModel extends SearchModel {
  readonly embedding: FieldEmbedding
  /** c of the values of all categorical fields, one under the other: [rows, 1]. */
  readonly values?: Parameter
  /** c of the other fields: [fields, 1]. */
  readonly fields?: Parameter
  readonly backbone: Backbone
  private readonly scale: number
  private readonly categorical: number
  private readonly paddingRows: readonly number[]

  constructor(spec: TableSpec, options: GatedOptions) {
    super()
    const { embeddingDimension, initialGate } = options
    const categorical = fieldsOf(spec, 'categorical')
    const others = spec.fields.length - categorical.length
    const { rows, starts } = stacked(categorical)
    const gates = (count: number) => new Parameter([count, 1], initializers.fill(initialGate))
    this.categorical = categorical.length
    this.paddingRows = starts
    this.scale = scaleOf(initialGate)
    this.embedding = new FieldEmbedding(spec, embeddingDimension, initializers.xavierUniform)
    if (categorical.length > 0) this.values = gates(rows)
    if (others > 0) this.fields = gates(others)
    this.backbone = new Backbone(spec.fields.length, embeddingDimension, outputWidth(spec), options)
  }

  get choice(): Parameter[] {
    return [this.values, this.fields].filter(gates => gates !== undefined)
  }

  forward(batch: TableBatch, mode: Mode, temperature: Tensor | 'hard'): Tensor {
    const open = (c: Tensor) =>
      (temperature === 'hard' ? c.greater(0).cast('float32') : c.mul(temperature).sigmoid()).mul(this.scale)
    const vectors = this.embedding.forward(batch)
    const parts: Tensor[] = []
    if (this.values) {
      const own = this.fields ? vectors.slice(1, 0, this.categorical) : vectors
      parts.push(own.mul(open(this.values.lookup(batch.categorical!, this.paddingRows))))
    }
    if (this.fields) parts.push(vectors.slice(1, this.categorical).mul(open(this.fields)))
    return this.backbone.forward(concat(parts, 1), mode)
  }

  /** sum_i sigmoid(tau c_i), the L1 norm of the gates. */
  override penalty(temperature: Tensor): Tensor {
    return this.choice.map(c => c.mul(temperature).sigmoid().sum()).reduce((sum, part) => sum.add(part))
  }
}
