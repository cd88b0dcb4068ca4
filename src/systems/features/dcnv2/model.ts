import {
  FieldEmbedding,
  Linear,
  Module,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { concat, type Tensor } from '../../../engine/index.ts'
import type { DeepOptions } from '../dnn/model.ts'

export interface CrossOptions extends DeepOptions {
  crossLayers: number
  structure: 'parallel' | 'stacked'
}

/** x_{l+1} = x_0 * (W_l x_l + b_l) + x_l: each layer raises the order of the crosses by one (Wang et al. 2021, equation 1). */
class CrossNetwork extends Module {
  readonly layers: Linear[]

  constructor(width: number, layers: number) {
    super()
    this.layers = Array.from({ length: layers }, () => new Linear(width, width))
  }

  forward(start: Tensor): Tensor {
    return this.layers.reduce((x, layer) => start.mul(layer.forward(x)).add(x), start)
  }
}

/** Explicit crosses by the cross network, implicit ones by a deep network beside it or on top of it. */
export class DeepCrossNetwork extends TableModel {
  readonly embedding: FieldEmbedding
  readonly cross: CrossNetwork
  readonly deep: MultilayerPerceptron
  readonly output: Linear
  private readonly structure: 'parallel' | 'stacked'

  constructor(spec: TableSpec, { embeddingDimension, hidden, crossLayers, structure, ...options }: CrossOptions) {
    super()
    const inputs = spec.fields.length * embeddingDimension
    this.structure = structure
    this.embedding = new FieldEmbedding(spec, embeddingDimension)
    this.cross = new CrossNetwork(inputs, crossLayers)
    this.deep = new MultilayerPerceptron(inputs, hidden, options)
    this.output = new Linear(structure === 'parallel' ? inputs + this.deep.width : this.deep.width, outputWidth(spec))
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const x = this.embedding.forward(batch).flatten()
    const crossed = this.cross.forward(x)
    const combined =
      this.structure === 'parallel'
        ? concat([crossed, this.deep.forward(x, mode)], 1)
        : this.deep.forward(crossed, mode)
    return this.output.forward(combined)
  }
}
