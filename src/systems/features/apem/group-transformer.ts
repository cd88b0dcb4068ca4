import { initializers, Module, SetAttention, SqueezeExcitation } from '../../../nn/index.ts'
import { Parameter, type Tensor } from '../../../engine/index.ts'
import type { ApemOptions } from './options.ts'

/** Added before the logarithm of a membership, so that none is minus infinity. */
const least = 1e-6

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

  constructor(
    private readonly fields: number,
    { embeddingDimension, groups, inducing, heads, squeeze }: ApemOptions,
  ) {
    super()
    this.heads = heads
    this.inducing = new Parameter([groups, inducing, embeddingDimension], initializers.xavierUniform)
    this.gather = new SetAttention(embeddingDimension)
    this.spread = new SetAttention(embeddingDimension)
    if (squeeze) this.squeeze = new SqueezeExcitation(fields)
  }

  forward(tokens: Tensor, membership: Tensor): Tensor {
    const [groups, points, width] = this.inducing.shape as [number, number, number]
    const { fields, heads } = this
    /** [groups, fields, 1] */
    const shares = membership.transpose([1, 0]).unsqueeze(2)
    const nothing = tokens.mean([1, 2]).mul(0)
    const perGroup = (x: Tensor) => nothing.reshape([-1, 1, 1, 1]).add(x)
    const members = tokens.unsqueeze(1).mul(shares).reshape([-1, fields, width])
    const inducing = perGroup(this.inducing).reshape([-1, points, width])
    /** A field that hardly belongs to a group is hardly heard there. */
    const bias = perGroup(membership.add(least).log().transpose([1, 0]).unsqueeze(1)).reshape([-1, 1, 1, fields])
    const gathered = this.gather.forward(inducing, members, { heads, bias })
    const found = this.spread.forward(members, gathered, { heads }).reshape([-1, groups, fields, width])
    const enriched = tokens.add(found.mul(shares).sum(1))
    return this.squeeze?.forward(enriched) ?? enriched
  }
}
