import { concat, constant, Parameter, type Tensor } from '../../../engine/index.ts'
import { BatchNorm, Convolution, initializers, Module, type Mode } from '../../../nn/index.ts'

export interface TokenOptions {
  channels: number
  /** Rows and columns of the grid. */
  size: number
  /** Channel groups that share strip weights. */
  groups: number
  /** Rows (columns) a strip reads at once: 3 mixes neighbours too, 1 does not. */
  taps: 1 | 3
  /** What mixes: strips for one half of the channels and windows for the other (the default), one alone, or a perceptron. */
  mixing?: Mixing
}

export const mixings = ['both', 'strips', 'windows', 'perceptron'] as const
export type Mixing = (typeof mixings)[number]

const pointwise = (inputs: number, outputs: number, bias = false) => new Convolution(inputs, outputs, [1, 1], { bias })
const windows = (channels: number, height: number, width: number) =>
  new Convolution(channels, channels, [height, width], {
    groups: channels,
    padding: [height >> 1, width >> 1],
    bias: false,
  })

/** Two 1 x 1 convolutions with a GELU between: how much each of three views of a channel counts. */
class Reweight extends Module {
  readonly layers: Convolution[]
  readonly output: Convolution

  constructor(channels: number) {
    super()
    const hidden = channels >> 1
    this.layers = [pointwise(channels, hidden, true)]
    this.output = pointwise(hidden, 3 * channels, true)
  }

  forward(pooled: Tensor): Tensor {
    return this.output.forward(this.layers[0]!.forward(pooled).gelu())
  }
}

/** Whole rows, then whole columns, each with its neighbours (CGSMM, section 3.2): maps [B, C / 2, H, W] to the same. */
class Strips extends Module {
  readonly rows: Convolution
  readonly columns: Convolution
  readonly rowFuse: Convolution
  readonly rowNorm: BatchNorm
  readonly columnFuse: Convolution
  readonly rowPositions: Parameter
  readonly columnPositions: Parameter

  constructor(private readonly options: TokenOptions) {
    super()
    const { channels, size, groups, taps } = options
    const half = channels >> 1
    const each = half / groups
    const strips = () => new Convolution(each * size, each * size, [1, taps], { groups: each, padding: [0, taps >> 1] })
    const positions = () => new Parameter([2 * size + 1, half], initializers.normal(0.02))
    this.rows = strips()
    this.columns = strips()
    this.rowFuse = pointwise(channels, half)
    this.rowNorm = new BatchNorm(half)
    this.columnFuse = pointwise(channels, half)
    this.rowPositions = positions()
    this.columnPositions = positions()
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const along = mixLines(x.add(this.positions(this.rowPositions)), this.rows, this.options, 'row')
    const fused = this.rowNorm.forward(this.rowFuse.forward(concat([along, x], 1)), mode).gelu()
    const across = mixLines(fused.add(this.positions(this.columnPositions)), this.columns, this.options, 'column')
    return this.columnFuse.forward(concat([x, across], 1))
  }

  /** A table by the difference of column and row, [1, C / 2, H, W]. */
  private positions(table: Parameter): Tensor {
    const { size, channels } = this.options
    const index = Int32Array.from({ length: size ** 2 }, (_, at) => (at % size) - Math.floor(at / size) + size)
    const rows = table.gather(constant(index, [size ** 2]))
    return rows.transpose([1, 0]).reshape([1, channels >> 1, size, size])
  }
}

/** Local windows, wide and tall, weighted by content (LSMM, section 3.3): maps [B, C / 2, H, W] to the same. */
class Windows extends Module {
  readonly wide: Convolution
  readonly tall: Convolution
  readonly reweight: Reweight

  constructor(private readonly channels: number) {
    super()
    this.wide = windows(channels, 3, 7)
    this.tall = windows(channels, 7, 3)
    this.reweight = new Reweight(channels)
  }

  forward(x: Tensor): Tensor {
    const views = [this.tall.forward(x), this.wide.forward(x), x]
    const pooled = views.reduce((sum, view) => sum.add(view)).mean([2, 3], { keep: true })
    const weights = this.reweight.forward(pooled).reshape(['batch', this.channels, 3]).softmax(-1)
    return views
      .map((view, i) => view.mul(weights.slice(2, i, i + 1).unsqueeze(3)))
      .reduce((sum, view) => sum.add(view))
  }
}

/** Mixes tokens [B, C, H, W], H = W: half of the channels by strips, the other half in windows. */
export class StripBlock extends Module {
  readonly expand: Convolution
  readonly expandNorm: BatchNorm
  readonly strips?: Strips
  readonly windows?: Windows
  readonly fuse: Convolution
  private readonly half: number

  constructor({ mixing = 'both', ...options }: TokenOptions) {
    super()
    const { channels } = options
    this.half = channels >> 1
    this.expand = pointwise(channels, channels, true)
    this.expandNorm = new BatchNorm(channels)
    if (mixing !== 'windows') this.strips = new Strips(options)
    if (mixing !== 'strips') this.windows = new Windows(this.half)
    this.fuse = pointwise(channels, channels)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const expanded = this.expandNorm.forward(this.expand.forward(x), mode).gelu()
    const [first, second] = [expanded.slice(1, 0, this.half), expanded.slice(1, this.half)]
    const halves = [this.strips?.forward(first, mode) ?? first, this.windows?.forward(second) ?? second]
    return this.fuse.forward(concat(halves, 1))
  }
}

/**
 * Each channel of a group is mixed by one dense matrix over a line, which all groups share, and over the lines beside it:
 * [B, C / 2, H, W] to the same. `strips` holds [g W, W, 1, taps], channel by channel.
 */
export function mixLines(x: Tensor, strips: Convolution, options: TokenOptions, line: 'row' | 'column'): Tensor {
  const { groups, channels, size } = options
  const each = channels / 2 / groups
  const grouped = x.reshape(['batch', groups, each, size, size])
  const order = line === 'row' ? [0, 2, 4, 1, 3] : [0, 2, 3, 1, 4]
  const back = line === 'row' ? [0, 3, 1, 4, 2] : [0, 3, 1, 2, 4]
  const lines = grouped.transpose(order).reshape(['batch', each * size, groups, size])
  const mixed = strips.forward(lines).reshape(['batch', each, size, groups, size])
  return mixed.transpose(back).reshape(['batch', groups * each, size, size])
}

/** Tokens [B, C, H, W] among each other, to the same. */
export interface TokenMixer extends Module {
  forward(x: Tensor, mode: Mode): Tensor
}

/** Batch norm, GELU and a depthwise 3 x 3, then the strips. */
export class TokenMixing extends StripBlock implements TokenMixer {
  readonly norm: BatchNorm
  readonly depthwise: Convolution

  constructor(options: TokenOptions) {
    super(options)
    this.norm = new BatchNorm(options.channels)
    this.depthwise = windows(options.channels, 3, 3)
  }

  override forward(x: Tensor, mode: Mode): Tensor {
    return super.forward(this.depthwise.forward(this.norm.forward(x, mode).gelu()), mode)
  }
}
