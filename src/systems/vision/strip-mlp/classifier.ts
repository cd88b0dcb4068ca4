import { pixelsOf, type Images, type PixelScale } from '../../../data/index.ts'
import { float32, type State, type Tensor } from '../../../engine/index.ts'
import type { Mode } from '../../../nn/index.ts'
import type { Computing } from '../../../system/index.ts'
import { NetworkPredictor } from '../../../train/index.ts'
import type { ImageSize, StripMlp } from './model.ts'

/** Images of one run. */
const runImages = 64

export const imageInputs = ({ channels, size }: ImageSize) => ({ images: float32(['batch', channels, size, size]) })
export const answerOf =
  (model: StripMlp) =>
  ({ images }: Record<string, Tensor>, mode: Mode) => ({ logits: model.forward(images!, mode) })

/** A trained model with the scale of its pixels. */
export class Classifier {
  private readonly predictor: NetworkPredictor

  constructor(
    model: StripMlp,
    readonly size: ImageSize,
    readonly scale: PixelScale,
    state: State,
    { threads, device }: Computing,
  ) {
    const definition = { inputs: imageInputs(size), answer: answerOf(model) }
    this.predictor = new NetworkPredictor(definition, state, threads, device)
  }

  /** Logits [rows, classes]. */
  async logits(images: Images, rows: Int32Array, signal?: AbortSignal): Promise<Float32Array> {
    const result = new Float32Array(rows.length * this.size.classes)
    for (let start = 0; start < rows.length; start += runImages) {
      signal?.throwIfAborted()
      const feeds = { images: pixelsOf(images, rows.subarray(start, start + runImages), this.scale) }
      result.set((await this.predictor.answer(feeds)).logits!.data as Float32Array, start * this.size.classes)
    }
    return result
  }

  /** Share of rows whose label has the highest logit (top-1). */
  async accuracy(images: Images, rows: Int32Array, signal?: AbortSignal): Promise<number> {
    const { classes } = this.size
    const logits = await this.logits(images, rows, signal)
    let hits = 0
    rows.forEach((row, i) => {
      const own = logits.subarray(i * classes, (i + 1) * classes)
      if (own.indexOf(Math.max(...own)) === images.labels!.values[row]) hits++
    })
    return hits / rows.length
  }

  close(): Promise<void> {
    return this.predictor.close()
  }
}
