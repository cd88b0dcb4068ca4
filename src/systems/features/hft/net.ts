import { concat, type Tensor } from '../../../engine/index.ts'
import { BatchNorm, Convolution, Linear, Module, type Mode } from '../../../nn/index.ts'

export const dilations = [1, 2, 4] as const
export const kernel = 5

/** Ticks before the window that its first answer looks back at. */
export const lookBack = dilations.reduce((sum, dilation) => sum + (kernel - 1) * dilation, 0)

/** y + keep * relu6(norm(pointwise(depthwise(x)))), y being x without its first ticks: [B, C, T] -> [B, C, T - 4 dilation]. */
class Block extends Module {
  readonly depthwise: Convolution
  readonly pointwise: Convolution
  readonly norm: BatchNorm

  constructor(
    channels: number,
    private readonly dilation: number,
  ) {
    super()
    this.depthwise = new Convolution(channels, channels, [kernel], {
      groups: channels,
      dilation,
      bias: false,
    })
    this.pointwise = new Convolution(channels, channels, [1], { bias: false })
    this.norm = new BatchNorm(channels)
  }

  forward(x: Tensor, keep: Tensor, mode: Mode): Tensor {
    const mixed = this.pointwise.forward(this.depthwise.forward(x))
    const told = this.norm.forward(mixed, mode).clip(0, 6).mul(keep.unsqueeze(1))
    const ticks = x.shape[2] as number
    return x.slice(2, (kernel - 1) * this.dilation, ticks).add(told)
  }
}

export interface NetSize {
  features: number
  channels: number
  classes: number
  window: number
}

/** A light causal network of windows [B, features, lookBack + window]: what the last `window` answers say on average, and the last. */
export class LightNet extends Module {
  readonly stem: Convolution
  readonly blocks: Block[]
  readonly head: Linear

  constructor(readonly size: NetSize) {
    super()
    this.stem = new Convolution(size.features, size.channels, [1])
    this.blocks = dilations.map(dilation => new Block(size.channels, dilation))
    this.head = new Linear(2 * size.channels, size.classes)
  }

  /** `keep`: 1 or 0 a channel, [C], one a block. */
  forward(x: Tensor, keep: readonly Tensor[], mode: Mode): Tensor {
    const told = this.blocks.reduce((h, block, i) => block.forward(h, keep[i]!, mode), this.stem.forward(x))
    const last = told.slice(2, this.size.window - 1, this.size.window).squeeze(2)
    return this.head.forward(concat([told.mean(2), last], 1))
  }
}
