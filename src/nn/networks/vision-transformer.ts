import { concat, Parameter, type Tensor } from '../../engine/index.ts'
import { normal } from '../initializers.ts'
import { Convolution } from '../layers/convolution.ts'
import { Linear } from '../layers/linear.ts'
import { LayerNorm } from '../layers/normalization.ts'
import { TransformerBlock } from '../layers/transformer-block.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'

export interface VisionTransformerOptions {
  /** Pixels of the image's side. */
  size: number
  /** Pixels of a patch's side. */
  patch: number
  width: number
  layers: number
  heads: number
  classes: number
  channels?: number
}

/**
 * Vision Transformer (Dosovitskiy et al. 2021, equations 1 to 4): images [B, channels, size, size] to logits [B, classes],
 * read off a class token.
 */
export class VisionTransformer extends Module {
  readonly patches: Convolution
  readonly classToken: Parameter
  readonly positions: Parameter
  readonly blocks: TransformerBlock[]
  readonly norm: LayerNorm
  readonly head: Linear

  constructor({ size, patch, width, layers, heads, classes, channels = 3 }: VisionTransformerOptions) {
    super()
    const tokens = (size / patch) ** 2 + 1
    this.patches = new Convolution(channels, width, [patch, patch], { stride: patch })
    this.classToken = new Parameter([1, 1, width], normal(0.02))
    this.positions = new Parameter([1, tokens, width], normal(0.02))
    this.blocks = Array.from({ length: layers }, () => new TransformerBlock({ width, heads, epsilon: 1e-6 }))
    this.norm = new LayerNorm(width, 1e-6)
    this.head = new Linear(width, classes)
  }

  forward(images: Tensor, mode: Mode): Tensor {
    const embedded = this.patches.forward(images).flatten(2).transpose([2, 0, 1])
    const [, batch, width] = embedded.shape
    const classToken = this.classToken.expand([1, batch!, width!], [embedded])
    const tokens = concat([classToken, embedded], 0).add(this.positions.transpose([1, 0, 2]))
    const mixed = this.blocks.reduce((x, block) => block.forward(x, mode), tokens)
    return this.head.forward(this.norm.forward(mixed.at(0)))
  }
}
