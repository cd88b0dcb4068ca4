import { concat, type Tensor } from '../../engine/index.ts'
import { zeros } from '../initializers.ts'
import { Module } from '../module.ts'
import { Convolution } from '../layers/convolution.ts'
import { GroupNorm } from '../layers/group-norm.ts'
import { convolution3, Downsampling, ResidualBlock, TimeEmbedding, Upsampling } from './blocks.ts'
import { SpatialTransformer } from './spatial-transformer.ts'

export interface UNetOptions {
  /** Channels of the images, in and out. */
  inputs: number
  /** Channels of the first level. */
  channels: number
  /** Channels of each level, as multiples of the first level's; each level has half the side of the one before. */
  multipliers: readonly number[]
  layersPerBlock: number
  /** Whether a level attends; the middle always does. */
  attention: readonly boolean[]
  heads: number
  /** Width of the text's tokens. */
  context: number
  /** Of the group norms. */
  groups: number
}

/** One level on the way down or up: residual blocks, each followed by attention where the level attends. */
class Level extends Module {
  readonly residuals: ResidualBlock[]
  readonly attentions?: SpatialTransformer[]
  readonly downsampling?: Downsampling
  readonly upsampling?: Upsampling

  /** `inputs`: channels that each residual block is given. */
  constructor(inputs: readonly number[], outputs: number, options: LevelOptions) {
    super()
    const { heads, context, groups, timeWidth, attend, resample } = options
    this.residuals = inputs.map(width => new ResidualBlock(width, outputs, timeWidth, groups))
    if (attend) this.attentions = inputs.map(() => new SpatialTransformer(outputs, { heads, context, groups }))
    if (resample === 'down') this.downsampling = new Downsampling(outputs)
    if (resample === 'up') this.upsampling = new Upsampling(outputs)
  }

  step(i: number, x: Tensor, time: Tensor, context: Tensor): Tensor {
    const mixed = this.residuals[i]!.forward(x, time)
    return this.attentions?.[i]!.forward(mixed, context) ?? mixed
  }
}

interface LevelOptions extends Pick<UNetOptions, 'heads' | 'context' | 'groups'> {
  timeWidth: number
  attend: boolean
  resample?: 'down' | 'up'
}

/** The narrowest part: residual block, attention, residual block. */
class Middle extends Module {
  readonly residuals: ResidualBlock[]
  readonly attentions: SpatialTransformer[]

  constructor(channels: number, { heads, context, groups, timeWidth }: Omit<LevelOptions, 'attend'>) {
    super()
    this.residuals = [0, 1].map(() => new ResidualBlock(channels, channels, timeWidth, groups))
    this.attentions = [new SpatialTransformer(channels, { heads, context, groups })]
  }

  forward(x: Tensor, time: Tensor, context: Tensor): Tensor {
    const [first, last] = this.residuals
    return last!.forward(this.attentions[0]!.forward(first!.forward(x, time), context), time)
  }
}

/**
 * The denoiser of latent diffusion (Rombach et al. 2022): images [B, inputs, H, W], time steps [B] and a text
 * [B, tokens, context] to images; H and W must divide by 2^(levels - 1).
 */
export class UNet extends Module {
  readonly time: TimeEmbedding
  readonly convIn: Convolution
  readonly down: Level[]
  readonly middle: Middle
  readonly up: Level[]
  readonly normOut: GroupNorm
  readonly convOut: Convolution

  constructor({ inputs, channels, multipliers, layersPerBlock, attention, ...options }: UNetOptions) {
    super()
    const timeWidth = 4 * channels
    const widths = multipliers.map(multiplier => multiplier * channels)
    const last = widths.length - 1
    const level = (i: number) => ({ ...options, timeWidth, attend: attention[i]! })
    this.time = new TimeEmbedding(channels, timeWidth)
    this.convIn = convolution3(inputs, channels)
    const skips = [channels]
    this.down = widths.map((width, i) => {
      const before = widths[i - 1] ?? channels
      const into = Array.from({ length: layersPerBlock }, (_, j) => (j === 0 ? before : width))
      skips.push(...into.map(() => width), ...(i < last ? [width] : []))
      return new Level(into, width, { ...level(i), resample: i < last ? 'down' : undefined })
    })
    this.middle = new Middle(widths[last]!, { ...options, timeWidth })
    let before = widths[last]!
    this.up = widths.toReversed().map((width, i) => {
      const into = Array.from({ length: layersPerBlock + 1 }, (_, j) => (j === 0 ? before : width) + skips.pop()!)
      before = width
      return new Level(into, width, { ...level(last - i), resample: i < last ? 'up' : undefined })
    })
    this.normOut = new GroupNorm(options.groups, channels * multipliers[0]!)
    this.convOut = new Convolution(channels * multipliers[0]!, inputs, [3, 3], { padding: 1, initialize: zeros })
  }

  forward(x: Tensor, t: Tensor, context: Tensor): Tensor {
    const time = this.time.forward(t)
    const skips = [this.convIn.forward(x)]
    for (const level of this.down) {
      for (const i of level.residuals.keys()) skips.push(level.step(i, skips.at(-1)!, time, context))
      if (level.downsampling) skips.push(level.downsampling.forward(skips.at(-1)!))
    }
    let h = this.middle.forward(skips.at(-1)!, time, context)
    for (const level of this.up) {
      for (const i of level.residuals.keys()) h = level.step(i, concat([h, skips.pop()!], 1), time, context)
      if (level.upsampling) h = level.upsampling.forward(h)
    }
    return this.convOut.forward(this.normOut.forward(h).silu())
  }
}
