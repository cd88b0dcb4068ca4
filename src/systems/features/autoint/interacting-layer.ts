import { LayerNorm, Linear, Module, multiHeadAttention, type Mode } from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'

export interface InteractingOptions {
  /** Which published function: the benchmark's (no bias, layer norm before ReLU) or the authors' (bias and ReLU on every projection, ReLU before layer norm). */
  variant: 'fuxictr' | 'original'
  attentionWidth: number
  heads: number
  residual: boolean
  /** Scores are divided by the square root of the width of a head, of all heads together, or not at all. */
  scale: 'none' | 'head' | 'full'
  layerNorm: boolean
  dropout: number
}

/** Fields attend to each other: [fields, B, inputs] -> [fields, B, attentionWidth] (paper section 4.4, equations 5 to 8). */
export class InteractingLayer extends Module {
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly residual?: Linear
  readonly norm?: LayerNorm

  constructor(
    inputs: number,
    private readonly options: InteractingOptions,
    private readonly name: string,
  ) {
    super()
    const { attentionWidth, residual, layerNorm } = options
    const original = options.variant === 'original'
    const projection = () => new Linear(inputs, attentionWidth, { bias: original })
    this.query = projection()
    this.key = projection()
    this.value = projection()
    if (original || (residual && inputs !== attentionWidth)) this.residual = projection()
    if (original || layerNorm) this.norm = new LayerNorm(attentionWidth, original ? 1e-8 : 1e-5)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const { variant, heads, attentionWidth, scale, dropout, residual } = this.options
    const original = variant === 'original'
    const project = (layer: Linear) => (original ? layer.forward(x).relu() : layer.forward(x))
    const width = scale === 'none' ? 1 : scale === 'head' ? attentionWidth / heads : attentionWidth
    const attended = multiHeadAttention(project(this.query), project(this.key), project(this.value), {
      heads,
      scale: 1 / Math.sqrt(width),
      tokensFirst: true,
      onWeights: weights => mode.dropout(weights.named(this.name), dropout),
    })
    if (original) return this.norm!.forward(attended.add(project(this.residual!)).relu())
    const carried = residual ? attended.add(this.residual?.forward(x) ?? x) : attended
    return (this.norm?.forward(carried) ?? carried).relu()
  }
}
