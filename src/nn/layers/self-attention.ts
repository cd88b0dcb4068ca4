import type { Tensor } from '../../engine/index.ts'
import { Module } from '../module.ts'
import { multiHeadAttention, type AttentionOptions } from './attention.ts'
import { Linear } from './linear.ts'

export type SelfAttentionOptions = Omit<AttentionOptions, 'heads' | 'tokensFirst'>

/**
 * Tokens attend to each other (Vaswani et al. 2017, section 3.2): [N, B, width] -> [N, B, width]. The rows of
 * `queryKeyValue` are those of the three projections, one after the other, as in timm's and nanoGPT's weights.
 */
export class SelfAttention extends Module {
  readonly queryKeyValue: Linear
  readonly output: Linear

  constructor(
    private readonly width: number,
    private readonly heads: number,
  ) {
    super()
    this.queryKeyValue = new Linear(width, 3 * width)
    this.output = new Linear(width, width)
  }

  forward(x: Tensor, options: SelfAttentionOptions = {}): Tensor {
    const { weight, bias } = this.queryKeyValue
    const thirds = (rows: Tensor) => rows.split([this.width, this.width, this.width])
    const [biases, weights] = [thirds(bias!), thirds(weight)]
    // the small weights are cut, not the products
    const [queries, keys, values] = weights.map((part, i) => x.linear(part, biases[i])) as [Tensor, Tensor, Tensor]
    const settings = { ...options, heads: this.heads, tokensFirst: true }
    return this.output.forward(multiHeadAttention(queries, keys, values, settings))
  }
}
