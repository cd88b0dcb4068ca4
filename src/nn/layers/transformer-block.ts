import type { Tensor } from '../../engine/index.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'
import { MultilayerPerceptron } from './mlp.ts'
import { LayerNorm } from './normalization.ts'
import { SelfAttention, type SelfAttentionOptions } from './self-attention.ts'

export interface TransformerOptions {
  width: number
  heads: number
  /** Width of the perceptron's hidden layer; four times `width` where left out. */
  hidden?: number
  epsilon?: number
}

/** Attention, then a perceptron, each on normalised tokens and added to them (pre-norm): [N, B, width] -> [N, B, width]. */
export class TransformerBlock extends Module {
  readonly attentionNorm: LayerNorm
  readonly attention: SelfAttention
  readonly perceptronNorm: LayerNorm
  readonly perceptron: MultilayerPerceptron

  constructor({ width, heads, hidden = 4 * width, epsilon }: TransformerOptions) {
    super()
    this.attentionNorm = new LayerNorm(width, epsilon)
    this.attention = new SelfAttention(width, heads)
    this.perceptronNorm = new LayerNorm(width, epsilon)
    this.perceptron = new MultilayerPerceptron(width, [hidden], { activation: 'gelu', outputs: width })
  }

  forward(x: Tensor, mode: Mode, options: SelfAttentionOptions = {}): Tensor {
    const attended = x.add(this.attention.forward(this.attentionNorm.forward(x), options))
    return attended.add(this.perceptron.forward(this.perceptronNorm.forward(attended), mode))
  }
}
