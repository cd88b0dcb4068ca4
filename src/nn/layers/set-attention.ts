import type { Tensor } from '../../engine/index.ts'
import { Module } from '../module.ts'
import { multiHeadAttention } from './attention.ts'
import { fanInLinear, Linear } from './linear.ts'
import { LayerNorm } from './normalization.ts'

export interface SetAttentionOptions {
  heads: number
  /** Added to the scores before the softmax, broadcast to [N, heads, queries, keys]. */
  bias?: Tensor
}

/**
 * Multi-head attention block of one set to another (Lee et al. 2019): with q = A W_q, O = LN(q + heads(q, B W_k, B W_v)), then
 * LN(O + relu(O W_o)). As in the authors' code the residual is the projected query and scores are divided by the root of the
 * whole width.
 */
export class SetAttention extends Module {
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  readonly attended: LayerNorm
  readonly finished: LayerNorm

  constructor(private readonly width: number) {
    super()
    const linear = () => new Linear(width, width, fanInLinear(width))
    ;[this.query, this.key, this.value, this.output] = [linear(), linear(), linear(), linear()]
    this.attended = new LayerNorm(width)
    this.finished = new LayerNorm(width)
  }

  /** A [N, a, width] and B [N, b, width] to [N, a, width]. */
  forward(a: Tensor, b: Tensor, { heads, bias }: SetAttentionOptions): Tensor {
    const query = this.query.forward(a)
    const scale = 1 / Math.sqrt(this.width)
    const found = multiHeadAttention(query, this.key.forward(b), this.value.forward(b), { heads, scale, bias })
    return this.finish(query.add(found))
  }

  /** What follows the attention: q + heads, [..., width], to LN(O + relu(O W_o)). */
  finish(found: Tensor): Tensor {
    const attended = this.attended.forward(found)
    return this.finished.forward(attended.add(this.output.forward(attended).relu()))
  }
}
