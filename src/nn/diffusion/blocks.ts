import { concat, type Tensor } from '../../engine/index.ts'
import { Module } from '../module.ts'
import { Convolution } from '../layers/convolution.ts'
import { GroupNorm } from '../layers/group-norm.ts'
import { fanInLinear, Linear } from '../layers/linear.ts'
import { sinusoidalEmbedding } from '../layers/positions.ts'

/** A 3 x 3 convolution that keeps the image's size, or halves it with stride 2. */
export const convolution3 = (inputs: number, outputs: number, stride = 1): Convolution =>
  new Convolution(inputs, outputs, [3, 3], { padding: 1, stride })

/** Norm, SiLU, convolution, twice, the time embedding added between (Ho et al. 2020, appendix B). */
export class ResidualBlock extends Module {
  readonly norm1: GroupNorm
  readonly conv1: Convolution
  readonly time: Linear
  readonly norm2: GroupNorm
  readonly conv2: Convolution
  /** Where channels change. */
  readonly shortcut?: Convolution

  constructor(inputs: number, outputs: number, timeWidth: number, groups: number) {
    super()
    this.norm1 = new GroupNorm(groups, inputs)
    this.conv1 = convolution3(inputs, outputs)
    this.time = new Linear(timeWidth, outputs, fanInLinear(timeWidth))
    this.norm2 = new GroupNorm(groups, outputs)
    this.conv2 = convolution3(outputs, outputs)
    if (inputs !== outputs) this.shortcut = new Convolution(inputs, outputs, [1, 1])
  }

  /** [B, inputs, H, W] and time [B, timeWidth] to [B, outputs, H, W]. */
  forward(x: Tensor, time: Tensor): Tensor {
    const timed = this.conv1.forward(this.norm1.forward(x).silu()).add(this.time.forward(time.silu()).unsqueeze([2, 3]))
    return (this.shortcut?.forward(x) ?? x).add(this.conv2.forward(this.norm2.forward(timed).silu()))
  }
}

/** Half the height and width. */
export class Downsampling extends Module {
  readonly conv: Convolution

  constructor(channels: number) {
    super()
    this.conv = convolution3(channels, channels, 2)
  }

  forward(x: Tensor): Tensor {
    return this.conv.forward(x)
  }
}

/** Twice the height and width: every pixel repeated, then convolved. */
export class Upsampling extends Module {
  readonly conv: Convolution

  constructor(channels: number) {
    super()
    this.conv = convolution3(channels, channels)
  }

  forward(x: Tensor): Tensor {
    const [, , height, width] = x.shape as [string, number, number, number]
    return this.conv.forward(x.resize([2 * height, 2 * width], { mode: 'nearest' }))
  }
}

/** Sinusoidal features, cosines first, through two layers: [B] -> [B, width]. */
export class TimeEmbedding extends Module {
  readonly linear1: Linear
  readonly linear2: Linear

  constructor(
    private readonly features: number,
    width: number,
  ) {
    super()
    this.linear1 = new Linear(features, width, fanInLinear(features))
    this.linear2 = new Linear(width, width, fanInLinear(width))
  }

  forward(t: Tensor): Tensor {
    const [sines, cosines] = sinusoidalEmbedding(t, this.features).split([this.features / 2, this.features / 2], -1)
    return this.linear2.forward(this.linear1.forward(concat([cosines!, sines!], -1)).silu())
  }
}
