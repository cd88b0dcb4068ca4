import { constant, Parameter, type Tensor } from '../../engine/index.ts'
import { normal } from '../initializers.ts'
import { Embedding } from '../layers/embedding.ts'
import { LayerNorm } from '../layers/normalization.ts'
import { TransformerBlock } from '../layers/transformer-block.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'

export interface GptOptions {
  vocabulary: number
  /** Tokens of a sequence, at most. */
  context: number
  width: number
  layers: number
  heads: number
}

/** 0 where position i may look at position j, j <= i, minus infinity elsewhere: added to scores [..., length, length]. */
export const causalBias = (length: number): Tensor =>
  constant(
    Float32Array.from({ length: length ** 2 }, (_, i) => (i % length > Math.floor(i / length) ? -Infinity : 0)),
    [length, length],
  )

/**
 * A decoder of text (Radford et al. 2019): ids int32 [B, T], T at most `context`, to the next token's logits
 * [B, T, vocabulary]. The read-out shares the token embedding's weights.
 */
export class Gpt extends Module {
  readonly tokens: Embedding
  readonly positions: Parameter
  readonly blocks: TransformerBlock[]
  readonly norm: LayerNorm

  constructor({ vocabulary, context, width, layers, heads }: GptOptions) {
    super()
    this.tokens = new Embedding(vocabulary, width, { initialize: normal(0.02) })
    this.positions = new Parameter([context, width], normal(0.02))
    this.blocks = Array.from({ length: layers }, () => new TransformerBlock({ width, heads }))
    this.norm = new LayerNorm(width)
  }

  forward(ids: Tensor, mode: Mode): Tensor {
    const bias = causalBias(ids.shape[1] as number)
    const start = this.embed(ids).transpose([1, 0, 2])
    const mixed = this.blocks.reduce((x, block) => block.forward(x, mode, { bias }), start)
    return this.readOut(mixed.transpose([1, 0, 2]))
  }

  /** What the first block is given: [B, T] -> [B, T, width]. */
  embed(ids: Tensor): Tensor {
    return this.tokens.forward(ids).add(this.positions.slice(0, 0, ids.shape[1] as number))
  }

  /** The logits of what the last block gives: [B, T, width] -> [B, T, vocabulary]. */
  readOut(x: Tensor): Tensor {
    return this.norm.forward(x).linear(this.tokens.weight)
  }
}
