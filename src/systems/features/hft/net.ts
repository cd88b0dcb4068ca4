import { concat, type Tensor } from '../../../engine/index.ts'
import { BatchNorm, Convolution, Linear, Module, type Mode } from '../../../nn/index.ts'

export const dilations = [1, 2, 4] as const
export const kernel = 5

/** Ticks that the gate listens to, and the width of its hidden layer. */
export const [gateTicks, gateHidden] = [16, 8] as const

/** Ticks before a window that the blocks look back at. */
const lookBack = dilations.reduce((sum, dilation) => sum + (kernel - 1) * dilation, 0)

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
    const told = this.norm.forward(mixed, mode).clip(0, 6).mul(keep)
    const ticks = x.shape[2] as number
    return x.slice(2, (kernel - 1) * this.dilation, ticks).add(told)
  }
}

export interface NetSize {
  features: number
  channels: number
  classes: number
  window: number
  /** Whether features are weighed by what they have lately been like. */
  gate?: boolean
}

/** Ticks that an answer looks at. */
export const ticksOfAnswer = ({ window, gate }: NetSize): number => lookBack + window + (gate ? gateTicks - 1 : 0)

/** x * sigmoid(MLP(means and deviations of the features' last ticks)), tick by tick: [B, F, T] -> [B, F, T - 15]. */
class Gate extends Module {
  readonly hidden: Convolution
  readonly output: Convolution

  constructor(features: number) {
    super()
    this.hidden = new Convolution(2 * features, gateHidden, [1])
    this.output = new Convolution(gateHidden, features, [1])
  }

  forward(x: Tensor): Tensor {
    const lately = (values: Tensor) => values.averagePool([gateTicks], { stride: 1 })
    const mean = lately(x)
    const deviation = lately(x.square()).sub(mean.square()).maximum(0).sqrt()
    const told = this.hidden.forward(concat([mean, deviation], 1)).relu()
    const now = x.slice(2, gateTicks - 1, x.shape[2] as number)
    return now.mul(this.output.forward(told).sigmoid())
  }
}

/** A light causal network of windows [B, features, ticksOfAnswer]: what the last `window` answers say on average, and the last. */
export class LightNet extends Module {
  readonly gate?: Gate
  readonly stem: Convolution
  readonly blocks: Block[]
  readonly head: Linear

  constructor(readonly size: NetSize) {
    super()
    if (size.gate) this.gate = new Gate(size.features)
    this.stem = new Convolution(size.features, size.channels, [1])
    this.blocks = dilations.map(dilation => new Block(size.channels, dilation))
    this.head = new Linear(2 * size.channels, size.classes)
  }

  /** `keep`: 1 or 0 a channel, [C, 1]; the blocks add to what the stem says in it, so that one that is gone is gone in all. */
  forward(x: Tensor, keep: Tensor, mode: Mode): Tensor {
    const heard = this.stem.forward(this.gate?.forward(x) ?? x).mul(keep)
    const told = this.blocks.reduce((h, block) => block.forward(h, keep, mode), heard)
    const last = told.slice(2, this.size.window - 1, this.size.window).squeeze(2)
    return this.head.forward(concat([told.mean(2), last], 1))
  }

  /** The sum of the norms' absolute scales, whose penalty tells which channels can go. */
  scales(): Tensor {
    return this.blocks.map(({ norm }) => norm.weight.abs().sum()).reduce((a, b) => a.add(b))
  }
}
