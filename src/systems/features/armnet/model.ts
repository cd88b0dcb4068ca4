import {
  BatchNorm,
  entmax,
  FieldEmbedding,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { concat, Parameter, type Initializer, type Tensor } from '../../../engine/index.ts'

export interface ArmNetOptions {
  embeddingDimension: number
  /** Heads of the attention; 0 is the one-head model, whose neurons share one projection without bias. */
  heads: number
  /** Exponential neurons a head. */
  neurons: number
  /** Sparsity of the gates: 1 softmax, 2 sparsemax. */
  alpha: number
  hidden: number[]
  dropout: number
  /** Hidden widths of the network beside it, on an embedding of its own (ARM-Net+); none for plain ARM-Net. */
  deep: number[]
}

/** Xavier-uniform times sqrt 2. */
const widened: Initializer = (values, shape, random) => {
  initializers.xavierUniform(values, shape, random)
  for (let i = 0; i < values.length; i++) values[i]! *= Math.SQRT2
}

/**
 * Which fields each neuron multiplies, and with which powers (paper section 3.2): gates z = entmax(e W q / sqrt d) of the
 * row's own embeddings, interaction weights z * v.
 */
export class SparseAttention extends Module {
  /** [heads, dimension, key]; with one head [key, dimension], as a linear layer's. */
  readonly bilinear: Parameter | Linear
  /** [heads, neurons, key], with one head [neurons, key]. */
  readonly query: Parameter
  /** [heads, neurons, fields], with one head [neurons, fields]: powers before the gates; negative ones divide. */
  readonly value: Parameter
  private readonly alpha: number

  constructor(
    fields: number,
    private readonly dimension: number,
    { heads, neurons, alpha }: Pick<ArmNetOptions, 'heads' | 'neurons' | 'alpha'>,
  ) {
    super()
    this.alpha = alpha
    const leading = heads === 0 ? [] : [heads]
    this.bilinear =
      heads === 0
        ? new Linear(dimension, dimension, { bias: false, initialize: widened })
        : new Parameter([heads, dimension, dimension], widened)
    this.query = new Parameter([...leading, neurons, dimension], widened)
    this.value = new Parameter([...leading, neurons, fields], widened)
  }

  /** Embeddings [B, fields, dimension] to weights [B, heads, neurons, fields], or [B, neurons, fields] with one head. */
  forward(embeddings: Tensor): Tensor {
    const keys =
      this.bilinear instanceof Linear
        ? this.bilinear.forward(embeddings)
        : embeddings.unsqueeze(1).matmul(this.bilinear)
    const scores = this.query.matmul(keys, { transposeB: true }).mul(1 / Math.sqrt(this.dimension))
    return entmax(scores, this.alpha).named('gates').mul(this.value).named('weights')
  }
}

/** A network beside the relations, on an embedding of its own. */
class DeepPart extends MultilayerPerceptron {
  readonly embedding: FieldEmbedding

  constructor(spec: TableSpec, { embeddingDimension, deep, dropout }: ArmNetOptions) {
    super(spec.fields.length * embeddingDimension, deep, { batchNorm: true, dropout, outputs: outputWidth(spec) })
    this.embedding = new FieldEmbedding(spec, embeddingDimension, initializers.xavierUniform)
  }
}

/** Adaptive relation modelling (Cai et al. 2021): exponential neurons, each a cross of the fields its gates pick for the row. */
export class ArmNet extends TableModel {
  readonly embedding: FieldEmbedding
  readonly attention: SparseAttention
  readonly norm: BatchNorm
  readonly mlp: MultilayerPerceptron
  readonly deep?: DeepPart
  readonly ensemble?: Linear

  constructor(spec: TableSpec, options: ArmNetOptions) {
    super()
    const { embeddingDimension, heads, neurons, hidden, dropout, deep } = options
    const crosses = Math.max(heads, 1) * neurons
    const outputs = outputWidth(spec)
    this.embedding = new FieldEmbedding(spec, embeddingDimension, initializers.xavierUniform)
    this.attention = new SparseAttention(spec.fields.length, embeddingDimension, options)
    this.norm = new BatchNorm(crosses)
    this.mlp = new MultilayerPerceptron(crosses * embeddingDimension, hidden, { batchNorm: true, dropout, outputs })
    if (deep.length === 0) return
    this.deep = new DeepPart(spec, options)
    this.ensemble = new Linear(2 * outputs, outputs, { initialize: initializers.fill(0.5) })
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.relate(this.embedding.forward(batch), this.deep?.embedding.forward(batch), mode)
  }

  /** Logits from the embeddings [B, fields, dimension] of both parts. */
  relate(embeddings: Tensor, deepEmbeddings: Tensor | undefined, mode: Mode): Tensor {
    const neurons = exponentialNeurons(this.attention.forward(embeddings), embeddings).named('neurons')
    const crossed = this.mlp.forward(this.norm.forward(neurons, mode).flatten(), mode)
    if (!this.deep) return crossed
    const deep = this.deep.forward(deepEmbeddings!.flatten(), mode)
    return this.ensemble!.forward(concat([crossed, deep], 1))
  }
}

/** exp(sum_j w_j e_j), the product of exp(e_j) to the powers w_j (equation 3): [B, crosses, dimension]. */
export function exponentialNeurons(weights: Tensor, embeddings: Tensor): Tensor {
  const fields = weights.shape.at(-1) as number
  return weights.reshape([weights.shape[0]!, -1, fields]).matmul(embeddings).exp()
}
