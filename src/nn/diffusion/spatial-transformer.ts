import type { Dimension, Tensor } from '../../engine/index.ts'
import { Module } from '../module.ts'
import { Attention } from '../layers/attention.ts'
import { Convolution } from '../layers/convolution.ts'
import { GroupNorm } from '../layers/group-norm.ts'
import { fanInLinear, Linear } from '../layers/linear.ts'
import { LayerNorm } from '../layers/normalization.ts'

/** A gated feed-forward: (a * gelu(b)) of one projection to twice the inner width (Shazeer 2020). */
class GatedFeedForward extends Module {
  readonly project: Linear
  readonly output: Linear

  constructor(
    width: number,
    private readonly inner = 4 * width,
  ) {
    super()
    this.project = new Linear(width, 2 * inner, fanInLinear(width))
    this.output = new Linear(inner, width, fanInLinear(inner))
  }

  forward(x: Tensor): Tensor {
    const [values, gates] = this.project.forward(x).split([this.inner, this.inner], -1)
    return this.output.forward(values!.mul(gates!.gelu()))
  }
}

/** Self-attention, attention to a context, feed-forward; each normalised before and added. */
class TransformerBlock extends Module {
  readonly norm1: LayerNorm
  readonly selfAttention: Attention
  readonly norm2: LayerNorm
  readonly crossAttention: Attention
  readonly norm3: LayerNorm
  readonly feedForward: GatedFeedForward

  constructor(width: number, heads: number, context: number) {
    super()
    this.norm1 = new LayerNorm(width)
    this.selfAttention = new Attention(width, { heads })
    this.norm2 = new LayerNorm(width)
    this.crossAttention = new Attention(width, { heads, context })
    this.norm3 = new LayerNorm(width)
    this.feedForward = new GatedFeedForward(width)
  }

  forward(x: Tensor, context: Tensor): Tensor {
    const own = x.add(this.selfAttention.forward(this.norm1.forward(x)))
    const told = own.add(this.crossAttention.forward(this.norm2.forward(own), context))
    return told.add(this.feedForward.forward(this.norm3.forward(told)))
  }
}

/** The pixels of a feature map as tokens that attend to each other and to a text (Rombach et al. 2022). */
export class SpatialTransformer extends Module {
  readonly norm: GroupNorm
  readonly projectIn: Convolution
  readonly blocks: TransformerBlock[]
  readonly projectOut: Convolution

  constructor(channels: number, { heads, context, groups }: { heads: number; context: number; groups: number }) {
    super()
    this.norm = new GroupNorm(groups, channels, 1e-6)
    this.projectIn = new Convolution(channels, channels, [1, 1])
    this.blocks = [new TransformerBlock(channels, heads, context)]
    this.projectOut = new Convolution(channels, channels, [1, 1])
  }

  /** [B, C, H, W] and a context [B, tokens, width] to [B, C, H, W]. */
  forward(x: Tensor, context: Tensor): Tensor {
    const [batch, channels, height, width] = x.shape as [Dimension, number, number, number]
    const pixels = this.projectIn
      .forward(this.norm.forward(x))
      .reshape([batch, channels, height * width])
      .transpose([0, 2, 1])
    const mixed = this.blocks.reduce((tokens, block) => block.forward(tokens, context), pixels)
    return x.add(this.projectOut.forward(mixed.transpose([0, 2, 1]).reshape([batch, channels, height, width])))
  }
}
