import { initializers, Module, SetAttention, SqueezeExcitation } from '../../../nn/index.ts'
import { Parameter, type Tensor } from '../../../engine/index.ts'
import { gathered, spread } from './grouped-attention.ts'
import type { ApemOptions } from './options.ts'

/** Soft membership of fields in groups: softmax over groups of (Q_f . K_g) / tau, [fields, groups]. */
export class Grouping extends Module {
  readonly fieldLogits: Parameter
  readonly groupVectors: Parameter

  constructor(fields: number, groups: number, dimension: number) {
    super()
    this.fieldLogits = new Parameter([fields, dimension], initializers.normal(0.5))
    this.groupVectors = new Parameter([groups, dimension], initializers.normal(0.5))
  }

  forward(temperature: Tensor): Tensor {
    return this.fieldLogits.matmul(this.groupVectors, { transposeB: true }).div(temperature).softmax(-1)
  }
}

/**
 * One layer: within each group the fields meet through a few inducing points, what they find is added to them, and all fields
 * weigh each other: [B, fields, d].
 */
export class GroupTransformer extends Module {
  /** [groups, points, d] */
  readonly inducing: Parameter
  readonly gather: SetAttention
  readonly spread: SetAttention
  readonly squeeze?: SqueezeExcitation
  private readonly heads: number

  constructor(fields: number, { embeddingDimension, groups, inducing, heads, squeeze }: ApemOptions) {
    super()
    this.heads = heads
    this.inducing = new Parameter([groups, inducing, embeddingDimension], initializers.xavierUniform)
    this.gather = new SetAttention(embeddingDimension)
    this.spread = new SetAttention(embeddingDimension)
    if (squeeze) this.squeeze = new SqueezeExcitation(fields)
  }

  forward(tokens: Tensor, membership: Tensor): Tensor {
    const of = { tokens, membership, heads: this.heads, points: this.inducing.shape[1] as number }
    const enriched = tokens.add(spread(this.spread, gathered(this.gather, this.inducing, of), of))
    return this.squeeze?.forward(enriched) ?? enriched
  }
}
