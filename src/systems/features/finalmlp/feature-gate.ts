import { Parameter, type Tensor } from '../../../engine/index.ts'
import {
  FieldEmbedding,
  initializers,
  Module,
  MultilayerPerceptron,
  selectColumns,
  selectFields,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'

/**
 * A gate in (0, 2) for every embedding element, from the context fields' own embeddings, or from one learned vector where
 * there is no context: 2 sigmoid(MLP(context)), [B, width] or [1, width] (paper section 3.2, equation 7).
 */
export class FeatureGate extends Module {
  readonly context: FieldEmbedding | Parameter
  readonly network: MultilayerPerceptron
  private readonly selected: TableSpec

  constructor(
    private readonly spec: TableSpec,
    context: readonly string[],
    embeddingDimension: number,
    hidden: readonly number[],
    /** What the gate is called among the model's named tensors. */
    private readonly name: string,
    /** The option that lists the context. */
    option: string,
  ) {
    super()
    this.selected = selectFields(spec, context, option)
    const fields = this.selected.fields.length
    this.context =
      fields > 0
        ? new FieldEmbedding(this.selected, embeddingDimension)
        : new Parameter([1, embeddingDimension], initializers.zeros)
    this.network = new MultilayerPerceptron(Math.max(fields, 1) * embeddingDimension, hidden, {
      outputs: spec.fields.length * embeddingDimension,
    })
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const context =
      this.context instanceof Parameter
        ? this.context
        : this.context.forward(selectColumns(this.spec, this.selected, batch)).flatten()
    return this.network.forward(context, mode).sigmoid().mul(2).named(this.name)
  }
}
