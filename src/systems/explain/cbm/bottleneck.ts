import { checkKnownConcepts, pixelsOf, type ConceptImages, type Images, type PixelScale } from '../../../data/index.ts'
import { float32, State, type Tensor } from '../../../engine/index.ts'
import { conceptProbabilities, type Bottleneck, type ImageNetwork } from '../../../lenses/index.ts'
import { Mode } from '../../../nn/index.ts'
import type { Saved } from '../../../system/index.ts'
import { NetworkPredictor } from '../../../train/index.ts'
import { LabelPredictor } from './classifier.ts'
import { ConceptBottleneck, type ConceptNetworkSize } from './model.ts'
import type { CbmOptions } from './options.ts'

/** All that the weights do not tell. */
export interface Kept {
  options: CbmOptions
  size: ConceptNetworkSize & { classes: number }
  scale: PixelScale
  concepts: readonly string[]
  classes: readonly string[]
  /** What stands for an absent and a present concept when one is corrected. */
  absent: number[]
  present: number[]
}

/** Images of one run. */
const runImages = 64

export const imageInputs = ({ channels, height, width }: ConceptNetworkSize) => ({
  images: float32(['batch', channels, height, width]),
})
export const answerOf =
  (model: ConceptBottleneck) =>
  ({ images }: Record<string, Tensor>, mode: Mode) => ({ ...model.forward(images!, mode) })

/** A trained bottleneck: from images to concepts, from concepts to classes, and what may be said in between. */
export class TrainedBottleneck implements AsyncDisposable {
  private readonly predictor: NetworkPredictor
  private readonly labels: LabelPredictor

  constructor(
    readonly model: ConceptBottleneck,
    readonly state: State,
    readonly kept: Kept,
    private readonly threads: number,
  ) {
    this.predictor = new NetworkPredictor({ inputs: imageInputs(kept.size), answer: answerOf(model) }, state, threads)
    this.labels = new LabelPredictor(model.labels, kept.size, state, threads)
  }

  /** @throws InterplayError `model/weights` */
  static open({ description, tensors }: Saved, threads: number): TrainedBottleneck {
    const kept = description as unknown as Kept
    const model = new ConceptBottleneck(kept.size, kept.options, kept.options.between)
    const state = new State({ model }, 1)
    state.load(tensors!)
    return new TrainedBottleneck(model, state, kept, threads)
  }

  save(): Saved {
    return {
      description: { ...this.kept, data: { channels: this.kept.size.channels, concepts: this.kept.concepts } },
      tensors: Object.fromEntries([...this.state.entries()].filter(([name]) => name.startsWith('model.'))),
    }
  }

  /** Logits of concepts [rows, C] and classes [rows, K]. */
  async logits(images: Images, rows: Int32Array, signal?: AbortSignal) {
    const { concepts, classes } = this.kept.size
    const found = {
      concepts: new Float32Array(rows.length * concepts),
      classes: new Float32Array(rows.length * classes),
    }
    for (let start = 0; start < rows.length; start += runImages) {
      signal?.throwIfAborted()
      const part = rows.subarray(start, start + runImages)
      const answer = await this.predictor.answer({ images: pixelsOf(images, part, this.kept.scale) })
      found.concepts.set(answer.concepts!.data as Float32Array, start * concepts)
      found.classes.set(answer.classes!.data as Float32Array, start * classes)
    }
    return found
  }

  /** What goes from concepts to classes: probabilities, or the logits themselves. */
  between(logits: Float32Array): Float32Array {
    return this.kept.options.between === 'sigmoid' ? conceptProbabilities(logits) : logits
  }

  /** Class probabilities [rows, K] for values of the concepts [rows, C]. */
  fromConcepts(values: Float32Array): Promise<Float32Array> {
    return this.labels.probabilities(values)
  }

  /** One image's concepts, to be corrected by a person. */
  async correctable(images: Images, row: number): Promise<Bottleneck> {
    const { concepts } = await this.logits(images, Int32Array.of(row))
    const { absent, present } = this.kept
    return {
      names: this.kept.concepts,
      predicted: this.between(concepts),
      absent: Float32Array.from(absent),
      present: Float32Array.from(present),
      classes: values => this.fromConcepts(values),
    }
  }

  /** Its first half, with these weights or others of the same model. */
  network(state = this.state): ImageNetwork {
    const { size } = this.kept
    const trace = (images: Tensor) => this.model.concepts.forward(images, Mode.evaluation())
    return { ...size, outputs: size.concepts, state, trace }
  }

  /** The same network before it learned anything. */
  untrained(seed: number): ImageNetwork {
    return this.network(new State({ model: this.model }, seed))
  }

  /** @throws InterplayError `data/shape`, `data/concepts` where images are of another size or show other concepts */
  check(images: ConceptImages): void {
    checkKnownConcepts(images, this.kept.size, this.kept.concepts)
  }

  get workers(): number {
    return this.threads
  }

  async close(): Promise<void> {
    await Promise.all([this.predictor.close(), this.labels.close()])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
