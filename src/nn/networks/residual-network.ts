import type { Tensor } from '../../engine/index.ts'
import { heNormal } from '../initializers.ts'
import { Convolution } from '../layers/convolution.ts'
import { fanInLinear, Linear } from '../layers/linear.ts'
import { BatchNorm } from '../layers/normalization.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'

const convolution = (inputs: number, outputs: number, kernel: number, stride = 1) =>
  new Convolution(inputs, outputs, [kernel, kernel], {
    stride,
    padding: (kernel - 1) / 2,
    bias: false,
    initialize: heNormal,
  })

/** Two convolutions beside a shortcut, which is projected where the shape changes. */
class BasicBlock extends Module {
  readonly first: Convolution
  readonly firstNorm: BatchNorm
  readonly second: Convolution
  readonly secondNorm: BatchNorm
  readonly shortcut?: Convolution
  readonly shortcutNorm?: BatchNorm

  constructor(inputs: number, outputs: number, stride: number) {
    super()
    this.first = convolution(inputs, outputs, 3, stride)
    this.firstNorm = new BatchNorm(outputs)
    this.second = convolution(outputs, outputs, 3)
    this.secondNorm = new BatchNorm(outputs)
    if (stride === 1 && inputs === outputs) return
    this.shortcut = convolution(inputs, outputs, 1, stride)
    this.shortcutNorm = new BatchNorm(outputs)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const hidden = this.firstNorm.forward(this.first.forward(x), mode).relu()
    const y = this.secondNorm.forward(this.second.forward(hidden), mode)
    const carried = this.shortcut ? this.shortcutNorm!.forward(this.shortcut.forward(x), mode) : x
    return y.add(carried).relu()
  }
}

export interface ResidualNetworkOptions {
  /** Channels by stage; each stage after the first halves the map. */
  widths: readonly number[]
  /** Blocks by stage. */
  blocks: readonly number[]
  classes: number
  channels?: number
}

/**
 * A residual network of basic blocks for small images (He et al. 2016, section 4.2: 3 x 3 stem, no pooling before the
 * blocks): [B, channels, S, S] to logits [B, classes]. Widths 64, 128, 256, 512 with two blocks each are ResNet-18.
 */
export class ResidualNetwork extends Module {
  readonly stem: Convolution
  readonly stemNorm: BatchNorm
  readonly stages: BasicBlock[][]
  readonly head: Linear

  constructor({ widths, blocks, classes, channels = 3 }: ResidualNetworkOptions) {
    super()
    this.stem = convolution(channels, widths[0]!, 3)
    this.stemNorm = new BatchNorm(widths[0]!)
    this.stages = blocks.map((count, stage) =>
      Array.from({ length: count }, (_, i) => {
        const inputs = widths[i > 0 ? stage : Math.max(0, stage - 1)]!
        return new BasicBlock(inputs, widths[stage]!, i === 0 && stage > 0 ? 2 : 1)
      }),
    )
    this.head = new Linear(widths.at(-1)!, classes, fanInLinear(widths.at(-1)!))
  }

  forward(images: Tensor, mode: Mode): Tensor {
    const start = this.stemNorm.forward(this.stem.forward(images), mode).relu()
    const maps = this.stages.flat().reduce((x, block) => block.forward(x, mode), start)
    return this.head.forward(maps.mean([2, 3]))
  }
}
