import { multiplyDimensions, type Dimension, type Tensor } from '../../engine/index.ts'
import { Module } from '../module.ts'
import { fanInLinear, Linear } from './linear.ts'

export interface AttentionOptions {
  heads: number
  /** Scores are multiplied by this; 1 / sqrt(head width) where left out. */
  scale?: number
  /** Added to the scores before the softmax, broadcast to [batch, heads, queries, keys]. */
  bias?: Tensor
  /**
   * Queries are [N, B, a], keys and values [M, B, a], and so is the result: heads are then views, and no token is moved for
   * its products.
   */
  tokensFirst?: boolean
  /** Maps the weights before they meet the values: dropout, capture, replacement. */
  onWeights?: (weights: Tensor) => Tensor
}

/** softmax(Q K^T scale + bias) V per head, heads joined again: queries [B, N, a], keys and values [B, M, a] -> [B, N, a]. */
export function multiHeadAttention(queries: Tensor, keys: Tensor, values: Tensor, options: AttentionOptions): Tensor {
  const width = queries.shape.at(-1) as number
  const { heads, bias, scale = 1 / Math.sqrt(width / heads), onWeights, tokensFirst } = options
  if (!tokensFirst && !onWeights) {
    const [q, k, v] = [queries, keys, values].map(x => splitHeads(x, heads)) as [Tensor, Tensor, Tensor]
    return joinHeads(attended(scale === 1 ? q : q.mul(scale), k, v, bias))
  }
  return (tokensFirst ? attendTokensFirst : attendTokensLast)(queries, keys, values, heads, scores => {
    const scaled = scale === 1 ? scores : scores.mul(scale)
    const weights = (bias ? scaled.add(bias) : scaled).softmax(-1)
    return onWeights ? onWeights(weights) : weights
  })
}

/**
 * softmax(q k^T + bias) v of queries [..., N, w], keys [..., M, w] and values [..., M, u] -> [..., N, u]. Its gradient takes
 * the softmax's inner product from the [N, u] answers instead of the [N, M] weights, which are equal and a pass shorter
 * (Dao et al. 2022, section 3.1).
 */
function attended(q: Tensor, k: Tensor, v: Tensor, bias?: Tensor): Tensor {
  const scores = q.matmul(k, { transposeB: true })
  const weights = (bias ? scores.add(bias) : scores).softmax(-1)
  const y = weights.matmul(v)
  return y.withGradient([q, k, v, ...(bias ? [bias] : [])], d => {
    const inner = d.mul(y).sum(-1, { keep: true })
    const dScores = weights.mul(d.matmul(v, { transposeB: true }).sub(inner))
    return [
      dScores.matmul(k),
      dScores.matmul(q, { transposeA: true }),
      weights.matmul(d, { transposeA: true }),
      ...(bias ? [dScores.sumTo(bias.shape)] : []),
    ]
  })
}

/** From scores [B, heads, N, M] to weights. */
type Weigh = (scores: Tensor) => Tensor

function attendTokensLast(queries: Tensor, keys: Tensor, values: Tensor, heads: number, weigh: Weigh): Tensor {
  const [q, k, v] = [queries, keys, values].map(x => splitHeads(x, heads)) as [Tensor, Tensor, Tensor]
  return joinHeads(weigh(q.matmul(k, { transposeB: true })).matmul(v))
}

function attendTokensFirst(queries: Tensor, keys: Tensor, values: Tensor, heads: number, weigh: Weigh): Tensor {
  const [tokens, batch, width] = queries.shape as [Dimension, Dimension, number]
  const together = multiplyDimensions(batch, heads)
  const [q, k, v] = [queries, keys, values].map(x => x.reshape([x.shape[0]!, together, width / heads])) as [
    Tensor,
    Tensor,
    Tensor,
  ]
  const scores = q.productRowsFirst(k, { firstA: true, firstB: true, transposeB: true })
  const [, rows, columns] = scores.shape as [Dimension, Dimension, Dimension]
  const weights = weigh(scores.reshape([batch, heads, rows, columns])).reshape([together, rows, columns])
  return weights.productRowsFirst(v, { firstB: true, firstY: true }).reshape([tokens, batch, width])
}

/** [B, N, a] -> [B, heads, N, a / heads]. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number]
  return x.reshape([batch, tokens, heads, width / heads]).transpose([0, 2, 1, 3])
}

/** [B, heads, N, w] -> [B, N, heads * w]. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, tokens, width] = x.shape as [number, number, number, number]
  return x.transpose([0, 2, 1, 3]).reshape([batch, tokens, heads * width])
}

export interface AttentionLayerOptions {
  heads: number
  /** Width of what keys and values are made from; the queries' own width where left out. */
  context?: number
  /** Of queries, keys and values; the output has one. Default false. */
  bias?: boolean
}

/** Attention of `width`-wide tokens to themselves, or to a context of another width. */
export class Attention extends Module {
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  private readonly heads: number

  constructor(width: number, { heads, context = width, bias = false }: AttentionLayerOptions) {
    super()
    this.heads = heads
    this.query = new Linear(width, width, { ...fanInLinear(width), bias })
    this.key = new Linear(context, width, { ...fanInLinear(context), bias })
    this.value = new Linear(context, width, { ...fanInLinear(context), bias })
    this.output = new Linear(width, width, fanInLinear(width))
  }

  /** Tokens [B, N, width], context [B, M, ...], the tokens themselves where left out: [B, N, width]. */
  forward(x: Tensor, context = x, options: Omit<AttentionOptions, 'heads'> = {}): Tensor {
    const [keys, values] = [this.key.forward(context), this.value.forward(context)]
    return this.output.forward(
      multiHeadAttention(this.query.forward(x), keys, values, { heads: this.heads, ...options }),
    )
  }
}
