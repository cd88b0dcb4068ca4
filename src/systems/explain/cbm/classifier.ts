import { float32, type State } from '../../../engine/index.ts'
import type { Mode, MultilayerPerceptron } from '../../../nn/index.ts'
import { NetworkPredictor } from '../../../train/index.ts'

/** Rows of one run. */
const runRows = 256

/** From values of the concepts to classes: the second half of a bottleneck. */
export class LabelPredictor implements AsyncDisposable {
  private readonly predictor: NetworkPredictor

  constructor(
    model: MultilayerPerceptron,
    private readonly size: { concepts: number; classes: number },
    state: State,
    threads: number,
  ) {
    const inputs = { concepts: float32(['batch', size.concepts]) }
    const answer = (leaves: Record<string, import('../../../engine/index.ts').Tensor>, mode: Mode) => ({
      classes: model.forward(leaves.concepts!, mode).softmax(-1),
    })
    this.predictor = new NetworkPredictor({ inputs, answer }, state, threads)
  }

  /** Probabilities [rows, classes]. */
  async probabilities(concepts: Float32Array): Promise<Float32Array> {
    const { concepts: width, classes } = this.size
    const rows = concepts.length / width
    const result = new Float32Array(rows * classes)
    for (let start = 0; start < rows; start += runRows) {
      const feeds = { concepts: concepts.subarray(start * width, (start + runRows) * width) }
      result.set((await this.predictor.answer(feeds)).classes!.data as Float32Array, start * classes)
    }
    return result
  }

  close(): Promise<void> {
    return this.predictor.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
