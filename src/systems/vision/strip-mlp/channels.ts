import { Parameter, type Tensor } from '../../../engine/index.ts'
import { Convolution, fanInLinear, initializers, LayerNorm, Linear, Module } from '../../../nn/index.ts'

/**
 * Global response normalisation of maps [B, H, W, C] (Woo et al. 2023): channels compete by their norms over the map.
 */
class ResponseNorm extends Module {
  readonly gamma: Parameter
  readonly beta: Parameter

  constructor(channels: number) {
    super()
    this.gamma = new Parameter([1, 1, 1, channels], initializers.zeros)
    this.beta = new Parameter([1, 1, 1, channels], initializers.zeros)
  }

  forward(x: Tensor): Tensor {
    const size = x.sumSquares([1, 2], { keep: true }).add(1e-20).sqrt()
    const share = size.div(size.mean(-1, { keep: true }).add(1e-6))
    return x.mul(share).mul(this.gamma).add(this.beta).add(x)
  }
}

/** Mixes the channels of each token [B, C, H, W], after a depthwise 7 x 7. */
export class ChannelMixing extends Module {
  readonly depthwise: Convolution
  readonly norm: LayerNorm
  readonly expand: Linear
  readonly response: ResponseNorm
  readonly reduce: Linear

  constructor(channels: number, expansion: number) {
    super()
    const hidden = expansion * channels
    this.depthwise = new Convolution(channels, channels, [7, 7], { groups: channels, padding: 3, bias: false })
    this.norm = new LayerNorm(channels)
    this.expand = new Linear(channels, hidden, fanInLinear(channels))
    this.response = new ResponseNorm(hidden)
    this.reduce = new Linear(hidden, channels, fanInLinear(hidden))
  }

  forward(x: Tensor): Tensor {
    const tokens = this.norm.forward(this.depthwise.forward(x).transpose([0, 2, 3, 1]))
    const hidden = this.response.forward(this.expand.forward(tokens).gelu())
    return this.reduce.forward(hidden).transpose([0, 3, 1, 2])
  }
}
