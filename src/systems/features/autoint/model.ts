import {
  FieldEmbedding,
  FirstOrder,
  initializers,
  Linear,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  type Activation,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'
import { InteractingLayer, type InteractingOptions } from './interacting-layer.ts'

export interface AutoIntOptions extends InteractingOptions {
  embeddingDimension: number
  layers: number
  /** Hidden widths of the deep part beside the attention; none for plain AutoInt. */
  hidden: number[]
  activation: Activation
  batchNorm: boolean
  /** Adds first-order weights. */
  wide: boolean
}

/**
 * Stacked self-attention over fields, a linear read-out, and optionally a deep and a first-order part (AutoInt+). The
 * weights of layer l are named `attention.l`, [B, heads, fields, fields]: row m says which fields m looks at.
 */
export class AutoInt extends TableModel {
  readonly embedding: FieldEmbedding
  readonly layers: InteractingLayer[]
  readonly output: Linear
  readonly deep?: MultilayerPerceptron
  readonly wide?: FirstOrder

  constructor(spec: TableSpec, options: AutoIntOptions) {
    super()
    const { embeddingDimension, layers, attentionWidth, hidden, activation, batchNorm, dropout } = options
    const fields = spec.fields.length
    const original = options.variant === 'original'
    this.embedding = new FieldEmbedding(spec, embeddingDimension, original ? initializers.normal(0.01) : undefined)
    this.layers = Array.from(
      { length: layers },
      (_, l) => new InteractingLayer(l === 0 ? embeddingDimension : attentionWidth, options, `attention.${l}`),
    )
    const flat = fields * (layers === 0 ? embeddingDimension : attentionWidth)
    this.output = new Linear(flat, outputWidth(spec))
    if (hidden.length > 0) {
      this.deep = new MultilayerPerceptron(fields * embeddingDimension, hidden, {
        activation,
        batchNorm,
        dropout,
        outputs: outputWidth(spec),
      })
    }
    if (options.wide) this.wide = new FirstOrder(spec)
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const embeddings = this.embedding.forward(batch)
    const fieldsFirst = embeddings.transpose([1, 0, 2])
    const attended = this.layers.reduce((x, layer) => layer.forward(x, mode), fieldsFirst).transpose([1, 0, 2])
    const parts = [
      this.output.forward(attended.flatten()),
      this.deep?.forward(embeddings.flatten(), mode),
      this.wide?.forward(batch),
    ]
    return parts.filter(part => part !== undefined).reduce((sum, part) => sum.add(part))
  }
}
