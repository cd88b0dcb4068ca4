import { float32, type State, type Tensor } from '../../../engine/index.ts'
import { pixelsOf, type Images, type PixelScale } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { BatchNorm, Convolution, initializers, Linear, Module, type Mode } from '../../../nn/index.ts'
import { NetworkPredictor } from '../../../train/index.ts'

export interface ImageSize {
  channels: number
  height: number
  width: number
}

/** A convolution that halves the map. */
class Stage extends Module {
  readonly mix: Convolution
  readonly norm: BatchNorm

  constructor(inputs: number, outputs: number) {
    super()
    this.mix = new Convolution(inputs, outputs, [3, 3], {
      stride: 2,
      padding: 1,
      bias: false,
      initialize: initializers.heNormal,
    })
    this.norm = new BatchNorm(outputs)
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.norm.forward(this.mix.forward(x), mode).relu()
  }
}

/** A small convolutional classifier whose last map is what images are compared by. */
export class Backbone extends Module {
  readonly stages: Stage[]
  readonly head: Linear

  constructor(channels: number, widths: readonly number[], classes: number) {
    super()
    this.stages = widths.map((width, stage) => new Stage(widths[stage - 1] ?? channels, width))
    this.head = new Linear(widths.at(-1)!, classes)
  }

  /** [B, channels, height, width] to [B, widths' last, rows, columns] */
  maps(images: Tensor, mode: Mode): Tensor {
    return this.stages.reduce((x, stage) => stage.forward(x, mode), images)
  }

  forward(images: Tensor, mode: Mode): Tensor {
    return this.head.forward(this.maps(images, mode).mean([2, 3]))
  }
}

/** Cells of an image after all stages. Throws `data/shape` where stages do not halve it evenly. */
export function gridOf({ height, width }: ImageSize, widths: readonly number[]): { rows: number; columns: number } {
  const cell = 2 ** widths.length
  if (height % cell === 0 && width % cell === 0) return { rows: height / cell, columns: width / cell }
  const fitting = (extent: number) => Math.max(1, Math.round(extent / cell)) * cell
  throw new InterplayError('data/shape', `images of ${height} x ${width} do not divide into cells of ${cell} pixels`, {
    why: `${widths.length} stages halve them each`,
    try: `resize them to ${fitting(height)} x ${fitting(width)}, or --set widths`,
  })
}

/** Images of one run. */
const runImages = 64

/** Feature maps of a trained backbone. */
export class Extractor {
  private readonly predictor: NetworkPredictor

  constructor(
    backbone: Backbone,
    { channels, height, width }: ImageSize,
    private readonly scale: PixelScale,
    state: State,
    threads: number,
  ) {
    this.predictor = new NetworkPredictor(
      {
        inputs: { images: float32(['batch', channels, height, width]) },
        answer: ({ images }, mode) => {
          const maps = backbone.maps(images!, mode)
          return { maps, logits: backbone.head.forward(maps.mean([2, 3])) }
        },
      },
      state,
      threads,
    )
  }

  /** Maps [rows, width, cells] and logits [rows, classes], both flat. */
  async features(
    images: Images,
    rows: Int32Array,
    signal?: AbortSignal,
  ): Promise<Record<'maps' | 'logits', Float32Array>> {
    const parts: Record<'maps' | 'logits', Float32Array[]> = { maps: [], logits: [] }
    for (let start = 0; start < rows.length; start += runImages) {
      signal?.throwIfAborted()
      const answers = await this.predictor.answer({
        images: pixelsOf(images, rows.subarray(start, start + runImages), this.scale),
      })
      for (const name of ['maps', 'logits'] as const) parts[name].push(answers[name]!.data as Float32Array)
    }
    return { maps: joined(parts.maps), logits: joined(parts.logits) }
  }

  close(): Promise<void> {
    return this.predictor.close()
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
