import { constant, Parameter, type Tensor } from '../../engine/index.ts'
import { normal } from '../initializers.ts'
import { Module } from '../module.ts'
import { Attention } from '../layers/attention.ts'
import { Embedding } from '../layers/embedding.ts'
import { fanInLinear, Linear } from '../layers/linear.ts'
import { LayerNorm } from '../layers/normalization.ts'

export interface TextEncoderOptions {
  vocabulary: number
  /** Tokens of every text. */
  length: number
  width: number
  layers: number
  heads: number
}

/** x sigmoid(1.702 x), the GELU of CLIP. */
const quickGelu = (x: Tensor): Tensor => x.mul(x.mul(1.702).sigmoid())

class TextLayer extends Module {
  readonly norm1: LayerNorm
  readonly attention: Attention
  readonly norm2: LayerNorm
  readonly expand: Linear
  readonly reduce: Linear

  constructor(width: number, heads: number) {
    super()
    this.norm1 = new LayerNorm(width)
    this.attention = new Attention(width, { heads, bias: true })
    this.norm2 = new LayerNorm(width)
    this.expand = new Linear(width, 4 * width, fanInLinear(width))
    this.reduce = new Linear(4 * width, width, fanInLinear(4 * width))
  }

  forward(x: Tensor, mask: Tensor): Tensor {
    const normed = this.norm1.forward(x)
    const attended = x.add(this.attention.forward(normed, normed, { bias: mask }))
    return attended.add(this.reduce.forward(quickGelu(this.expand.forward(this.norm2.forward(attended)))))
  }
}

/**
 * The text transformer of CLIP (Radford et al. 2021): every token sees itself and those before it. Vectors of tokens start
 * with deviation 1, not CLIP's 0.02, which the first layers' answers drown: a denoiser then learns to use its text late.
 */
export class TextEncoder extends Module {
  readonly tokens: Embedding
  readonly positions: Parameter
  readonly layers: TextLayer[]
  readonly norm: LayerNorm
  private readonly length: number

  constructor({ vocabulary, length, width, layers, heads }: TextEncoderOptions) {
    super()
    this.length = length
    this.tokens = new Embedding(vocabulary, width, { initialize: normal(1) })
    this.positions = new Parameter([length, width], normal(0.01))
    this.layers = Array.from({ length: layers }, () => new TextLayer(width, heads))
    this.norm = new LayerNorm(width)
  }

  /** Ids int32 [B, length] to features [B, length, width]. */
  forward(ids: Tensor): Tensor {
    const mask = causalMask(this.length)
    const start = this.tokens.forward(ids).add(this.positions)
    return this.norm.forward(this.layers.reduce((x, layer) => layer.forward(x, mask), start))
  }
}

/** 0 for tokens up to the own one, a large negative number for later ones. */
const causalMask = (length: number): Tensor =>
  constant(
    Array.from({ length: length ** 2 }, (_, at) => (at % length > Math.floor(at / length) ? -1e9 : 0)),
    [length, length],
  )
