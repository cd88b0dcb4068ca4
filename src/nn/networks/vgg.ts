import type { Tensor } from '../../engine/index.ts'
import { heNormal } from '../initializers.ts'
import { Convolution } from '../layers/convolution.ts'
import { BatchNorm } from '../layers/normalization.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'

/** A 3 x 3 convolution that keeps the size of the map, batch norm, ReLU. */
export class ConvolutionBlock extends Module {
  readonly convolution: Convolution
  readonly norm: BatchNorm

  constructor(inputs: number, outputs: number) {
    super()
    this.convolution = new Convolution(inputs, outputs, [3, 3], { padding: 1, initialize: heNormal })
    this.norm = new BatchNorm(outputs)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.norm.forward(this.convolution.forward(x), mode).relu()
  }
}

export interface VggOptions {
  channels?: number
  /** Channels of each block, stage by stage. */
  stages: readonly (readonly number[])[]
  /** Whether the last stage halves its map too. Default true. */
  poolLast?: boolean
}

/**
 * The features of a VGG network with batch norm (Simonyan and Zisserman 2015): stages of blocks, each ended by max pooling
 * that halves the map. [B, channels, H, W] to [B, width, H / 2^stages, W / 2^stages]. Stages 64; 128; 256, 256; 512, 512;
 * 512, 512 are VGG-11.
 */
export class VggFeatures extends Module {
  readonly stages: ConvolutionBlock[][]
  /** Channels of the last map. */
  readonly width: number
  /** What the sides of the last map are divided by. */
  readonly reduction: number
  private readonly poolLast: boolean

  constructor({ channels = 1, stages, poolLast = true }: VggOptions) {
    super()
    let inputs = channels
    this.stages = stages.map(widths =>
      widths.map(width => {
        const block = new ConvolutionBlock(inputs, width)
        inputs = width
        return block
      }),
    )
    this.width = inputs
    this.poolLast = poolLast
    this.reduction = 2 ** (stages.length - (poolLast ? 0 : 1))
  }

  /** Whether a stage ends in pooling. */
  pools(stage: number): boolean {
    return this.poolLast || stage < this.stages.length - 1
  }

  forward(images: Tensor, mode: Mode): Tensor {
    return this.stages.reduce((map, blocks, stage) => {
      const mixed = blocks.reduce((x, block) => block.forward(x, mode), map)
      return this.pools(stage) ? mixed.maxPool(2) : mixed
    }, images)
  }
}
