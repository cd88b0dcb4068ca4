import { concat, constant, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  fanInLinear,
  FieldEmbedding,
  FirstOrder,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  outputWidth,
  pairwiseSum,
  TableModel,
  trainable,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { SearchModel } from '../../../train/index.ts'
import type { DnisOptions } from './options.ts'

type HeadOptions = Pick<DnisOptions, 'model' | 'embeddingDimension' | 'hidden'>

/**
 * The interaction models of the authors' code on [batch, fields, K]: `fm` is first-order weights and the MEAN over K of the
 * pairs' products, `deepfm` adds a deep part, `mlp` is a deep part alone, `mf` the plain inner products.
 */
export class InteractionHead extends Module {
  readonly first?: FirstOrder
  readonly pairs?: Linear
  readonly deep?: MultilayerPerceptron

  constructor(
    spec: TableSpec,
    private readonly options: HeadOptions,
  ) {
    super()
    const { model, embeddingDimension, hidden } = options
    const outputs = outputWidth(spec)
    const inputs = spec.fields.length * embeddingDimension
    if (model === 'fm' || model === 'deepfm') this.first = new FirstOrder(spec, { bias: true })
    if (model !== 'mlp' && outputs > 1) this.pairs = new Linear(embeddingDimension, outputs, { bias: false })
    const widths = model === 'deepfm' ? hidden : [inputs, Math.max(1, inputs >> 1)]
    if (model === 'deepfm' || model === 'mlp')
      this.deep = new MultilayerPerceptron(inputs, widths, { outputs, start: fanInLinear })
  }

  forward(embeddings: Tensor, batch: TableBatch, mode: Mode): Tensor {
    const parts = [
      this.options.model === 'mlp' ? undefined : this.products(embeddings),
      this.first?.forward(batch),
      this.deep?.forward(embeddings.flatten(), mode),
    ]
    return parts.filter(part => part !== undefined).reduce((sum, part) => sum.add(part))
  }

  private products(embeddings: Tensor): Tensor {
    const products = pairwiseSum(embeddings)
    if (this.pairs) return this.pairs.forward(products)
    return this.options.model === 'mf' ? products.sum(1, { keep: true }) : products.mean(1, { keep: true })
  }
}

const initialize = initializers.xavierNormal

/** The interaction model on a table of one width. */
export class UniformModel extends TableModel {
  readonly embedding: FieldEmbedding
  readonly head: InteractionHead

  constructor(spec: TableSpec, options: HeadOptions) {
    super()
    this.embedding = new FieldEmbedding(spec, options.embeddingDimension, initialize)
    this.head = new InteractionHead(spec, options)
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.head.forward(this.embedding.forward(batch), batch, mode)
  }
}

/** The vectors of the fields, categorical ones first, times the factors of those: [batch, fields, K]. */
function weighed(vectors: Tensor, factors: Tensor): Tensor {
  const categorical = factors.shape[1] as number
  if (categorical === vectors.shape[1]) return vectors.mul(factors)
  return concat([vectors.slice(1, 0, categorical).mul(factors), vectors.slice(1, categorical)], 1)
}

/** The model on a table of which numbers were dropped: those stay out of every answer, and so get no gradient. */
export class PrunedModel extends UniformModel {
  private readonly kept: Tensor

  /** `table`: the pruned one, [values, K]. */
  constructor(spec: TableSpec, options: HeadOptions, table: Float32Array) {
    super(spec, options)
    const { embeddingDimension } = options
    const kept = Uint8Array.from(table, weight => Number(weight !== 0))
    this.kept = constant(kept, [table.length / embeddingDimension, embeddingDimension], 'uint8')
  }

  override forward(batch: TableBatch, mode: Mode): Tensor {
    const kept = this.kept.gather(batch.categorical!).cast('float32')
    return this.head.forward(weighed(this.embedding.forward(batch), kept), batch, mode)
  }
}

/**
 * e_i = E_i * alpha_l(i), alpha of a block of values by frequency and a group of dimensions (Cheng et al. 2020, section 3.2).
 * Numeric and sequence fields have no blocks: their vectors stay whole.
 */
export class SoftSelection extends SearchModel {
  readonly embedding: FieldEmbedding
  readonly head: InteractionHead
  /** [blocks, groups]; [blocks, 1] or [1, groups] where it counts. */
  readonly alpha: Parameter
  private readonly groups: number

  constructor(
    spec: TableSpec,
    private readonly options: Pick<DnisOptions, 'space' | 'normalize' | 'groups' | 'blocks'> & HeadOptions,
    /** The block of each value, vocabularies one under the other. */
    private readonly blockOf: Int32Array,
  ) {
    super()
    const { embeddingDimension, blocks, space } = options
    this.groups = options.groups || embeddingDimension
    this.embedding = new FieldEmbedding(spec, embeddingDimension, initialize)
    this.head = new InteractionHead(spec, options)
    const [rows, columns, start] = {
      free: [blocks, this.groups, 1],
      'embedding-block': [blocks, 1, this.groups],
      'feature-block': [1, this.groups, blocks],
    }[space] as [number, number, number]
    this.alpha = new Parameter([rows, columns], initializers.fill(start))
  }

  get choice(): Parameter[] {
    return [this.alpha]
  }

  /** Vectors and first-order weights; the network stays as it was before the search. */
  override get moved(): Parameter[] {
    return trainable(this).filter(({ role }) => role === 'embedding')
  }

  override get bounds(): readonly [number, number] {
    const { space, blocks } = this.options
    return [0, space === 'free' ? 1 : space === 'embedding-block' ? this.groups : blocks]
  }

  /** Each block's gradient to a mean size of one: frequent blocks would outrun the others (section 3.4). */
  override steer(gradient: Tensor): Tensor {
    if (this.options.space !== 'free') return gradient
    return gradient.div(gradient.abs().mean(1, { keep: true }).add(1e-8))
  }

  override penalty(): Tensor {
    return this.alpha.abs().sum()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const vectors = this.embedding.forward(batch)
    if (!batch.categorical) return this.head.forward(vectors, batch, mode)
    return this.head.forward(weighed(vectors, this.masks(batch.categorical)), batch, mode)
  }

  /** [batch, categorical fields, K] factors of the vectors of these ids. */
  private masks(ids: Tensor): Tensor {
    const { blocks, normalize, embeddingDimension } = this.options
    const block = constant(this.blockOf, [this.blockOf.length], 'int32').gather(ids)
    const weights = block
      .oneHot(blocks)
      .matmul(this.weights().matmul(constant(this.spread(), [this.groups, embeddingDimension])))
    if (!normalize) return weights
    return weights.div(weights.sum(2, { keep: true }).add(1e-6)).mul(this.groups)
  }

  /** [blocks, groups] factors. */
  private weights(): Tensor {
    const { space, blocks } = this.options
    const steps = (count: number) => Float32Array.from({ length: count }, (_, i) => i)
    if (space === 'embedding-block') return this.alpha.sub(constant(steps(this.groups), [1, this.groups])).clip(0, 1)
    if (space === 'feature-block') return this.alpha.sub(constant(steps(blocks), [blocks, 1])).clip(0, 1)
    return this.alpha
  }

  /** [groups, K] 1 where a dimension is of a group: equal parts, the last takes the rest. */
  private spread(): Float32Array {
    const { embeddingDimension } = this.options
    const width = Math.floor(embeddingDimension / this.groups)
    const spread = new Float32Array(this.groups * embeddingDimension)
    for (let k = 0; k < embeddingDimension; k++)
      spread[Math.min(Math.floor(k / width), this.groups - 1) * embeddingDimension + k] = 1
    return spread
  }

  /** The factors of each value, from the values of alpha: [values, K]. */
  factors(alpha: ArrayLike<number>): Float32Array {
    const { space, blocks, normalize, embeddingDimension } = this.options
    const spread = this.spread()
    const factors = new Float32Array(this.blockOf.length * embeddingDimension)
    const held = (value: number) => Math.min(1, Math.max(0, value))
    const weight = (block: number, group: number) =>
      space === 'free'
        ? alpha[block * this.groups + group]!
        : space === 'embedding-block'
          ? held(alpha[block]! - group)
          : held(alpha[group]! - block)
    const byBlock = Array.from({ length: blocks }, (_, block) => {
      const row = Float32Array.from({ length: embeddingDimension }, (_, k) => {
        let group = 0
        while (spread[group * embeddingDimension + k] === 0) group++
        return weight(block, group)
      })
      const total = row.reduce((sum, own) => sum + own, 0) + 1e-6
      return normalize ? row.map(own => (own / total) * this.groups) : row
    })
    this.blockOf.forEach((block, value) => factors.set(byBlock[block]!, value * embeddingDimension))
    return factors
  }
}
