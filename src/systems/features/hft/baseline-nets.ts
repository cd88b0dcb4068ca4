import { concat, type Tensor } from '../../../engine/index.ts'
import { BatchNorm, Convolution, Linear, Lstm, Module, type Mode } from '../../../nn/index.ts'

/** Windows of so many features and ticks, and the classes to tell. */
export interface WindowSize {
  features: number
  ticks: number
  classes: number
}

/** A network of windows [batch, features, ticks] that answers logits [batch, classes]. */
export abstract class WindowNet extends Module {
  abstract forward(x: Tensor, mode: Mode): Tensor
}

/** Softmax regression on the means of the last ticks and on the last tick, which is what the light network's head reads. */
export class WindowRegression extends WindowNet {
  readonly head: Linear

  constructor(
    private readonly size: WindowSize,
    private readonly averaged: number,
  ) {
    super()
    this.head = new Linear(2 * size.features, size.classes)
  }

  override forward(x: Tensor): Tensor {
    const { ticks } = this.size
    const last = x.slice(2, ticks - 1, ticks).squeeze(2)
    return this.head.forward(concat([x.slice(2, ticks - this.averaged, ticks).mean(2), last], 1))
  }
}

/** The last state of a long short-term memory. */
export class WindowLstm extends WindowNet {
  readonly memory: Lstm
  readonly head: Linear

  constructor({ features, classes }: WindowSize, width: number) {
    super()
    this.memory = new Lstm(features, width)
    this.head = new Linear(width, classes)
  }

  override forward(x: Tensor): Tensor {
    return this.head.forward(this.memory.forward(x.transpose([0, 2, 1])).h)
  }
}

/** Widths of the convolutions, of the inception module's branches and of the memory: half the paper's. */
const [convolved, branched, remembered] = [8, 16, 32] as const

/** Three convolutions, the first over neighbouring features and the others over time, with norms: [B, C, T, F]. */
class FeatureBlock extends Module {
  readonly convolutions: Convolution[]
  readonly norms: BatchNorm[]

  constructor(inputs: number, across: number) {
    super()
    this.convolutions = [
      new Convolution(inputs, convolved, [1, across], { stride: [1, across] }),
      new Convolution(convolved, convolved, [4, 1]),
      new Convolution(convolved, convolved, [4, 1]),
    ]
    this.norms = this.convolutions.map(() => new BatchNorm(convolved))
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.convolutions.reduce((h, own, i) => this.norms[i]!.forward(own.forward(h).leakyRelu(), mode), x)
  }
}

/**
 * DeepLOB (Zhang, Zohren and Roberts 2019), which pairs neighbouring features twice, then mixes all, looks at three
 * stretches of time at once and remembers; at half its widths, and over any features in place of a book's levels.
 */
export class DeepLob extends WindowNet {
  readonly blocks: FeatureBlock[]
  readonly narrow: Convolution[]
  readonly wide: Convolution[]
  readonly memory: Lstm
  readonly head: Linear

  constructor({ features, classes }: WindowSize) {
    super()
    const pairs = Math.floor(features / 2)
    this.blocks = [
      new FeatureBlock(1, 2),
      new FeatureBlock(convolved, 2),
      new FeatureBlock(convolved, Math.floor(pairs / 2)),
    ]
    this.narrow = [0, 1, 2].map(() => new Convolution(convolved, branched, [1]))
    this.wide = [3, 5].map(kernel => new Convolution(branched, branched, [kernel], { padding: (kernel - 1) / 2 }))
    this.memory = new Lstm(3 * branched, remembered)
    this.head = new Linear(remembered, classes)
  }

  override forward(x: Tensor, mode: Mode): Tensor {
    const image = x.transpose([0, 2, 1]).unsqueeze(1)
    const mixed = this.blocks.reduce((h, block) => block.forward(h, mode), image).squeeze(3)
    const [short, long, pooled] = this.narrow as [Convolution, Convolution, Convolution]
    const branches = [
      ...[short, long].map((own, i) => this.wide[i]!.forward(own.forward(mixed).leakyRelu()).leakyRelu()),
      pooled.forward(mixed.maxPool([3], { stride: 1, padding: 1 })).leakyRelu(),
    ]
    return this.head.forward(this.memory.forward(concat(branches, 1).transpose([0, 2, 1])).h)
  }
}
