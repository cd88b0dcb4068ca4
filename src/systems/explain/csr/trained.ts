import { checkKnownConcepts, pixelsOf, type ConceptImages, type Images, type PixelScale } from '../../../data/index.ts'
import { State, type HostTensor, type Tensor } from '../../../engine/index.ts'
import type { Mode } from '../../../nn/index.ts'
import type { Saved } from '../../../system/index.ts'
import { NetworkPredictor } from '../../../train/index.ts'
import { imageInputs, joined } from './activation.ts'
import { Consultation } from './consultation.ts'
import { PrototypeNetwork, type MapSize } from './model.ts'
import type { CsrOptions } from './options.ts'

/** Where the picture of a prototype comes from. */
export interface AtlasEntry {
  /** The training image: its name, or its number. */
  image: string
  /** The place of the map that shows the concept. */
  place: number
  /** Training vectors of the concept that are nearest to it among its prototypes. */
  wins: number
}

/** All that the weights and pictures do not tell. */
export interface Kept {
  options: CsrOptions
  size: MapSize & { concepts: number; classes: number }
  scale: PixelScale
  owners: number[]
  concepts: readonly string[]
  classes: readonly string[]
  grid: [rows: number, columns: number]
  atlas: AtlasEntry[]
  /** Mean score of each prototype over training images without its concept. */
  neutral: number[]
  notes: string[]
}

/** Crops [P, side, side] of the training images, in bytes. */
export type Pictures = HostTensor & { data: Uint8Array }

/** Images of one run. */
const runImages = 64

/** A trained network with its atlas. */
export class TrainedPrototypes implements AsyncDisposable {
  private readonly predictor: NetworkPredictor

  constructor(
    readonly model: PrototypeNetwork,
    readonly state: State,
    readonly kept: Kept,
    readonly pictures: Pictures,
    threads: number,
  ) {
    const answer = ({ images }: Record<string, Tensor>, mode: Mode) => ({ ...model.forward(images!, mode) })
    this.predictor = new NetworkPredictor({ inputs: imageInputs(kept.size), answer }, state, threads)
  }

  static open({ description, tensors }: Saved, threads: number): TrainedPrototypes {
    const kept = description as unknown as Kept
    const { pictures, ...weights } = tensors!
    const model = new PrototypeNetwork(kept.size, kept.owners, kept.options)
    const state = new State({ model }, 1)
    state.load(weights)
    return new TrainedPrototypes(model, state, kept, pictures as Pictures, threads)
  }

  save(): Saved {
    return {
      description: { ...this.kept, data: { channels: this.kept.size.channels, concepts: this.kept.concepts } },
      tensors: { ...Object.fromEntries(this.state.entries()), pictures: this.pictures },
    }
  }

  /** Logits of concepts [rows, K], similarity maps [rows, P, h, w], scores [rows, P] and logits of classes. */
  async answer(images: Images, rows: Int32Array, signal?: AbortSignal) {
    const names = ['concepts', 'maps', 'scores', 'logits'] as const
    const parts = names.map(() => [] as Float32Array[])
    for (let start = 0; start < rows.length; start += runImages) {
      signal?.throwIfAborted()
      const feeds = { images: pixelsOf(images, rows.subarray(start, start + runImages), this.kept.scale) }
      const found = await this.predictor.answer(feeds)
      names.forEach((name, k) => parts[k]!.push(Float32Array.from(found[name]!.data as Float32Array)))
    }
    const [concepts, maps, scores, logits] = parts.map(joined) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    return { concepts, maps, scores, logits }
  }

  /** An image with the model's evidence, for a person to look at. */
  async consult(
    images: Images,
    row: number,
    { alpha, rejectBy }: Pick<CsrOptions, 'alpha' | 'rejectBy'>,
  ): Promise<Consultation> {
    const { maps } = await this.answer(images, Int32Array.of(row))
    return this.consultation(maps, { alpha, rejectBy })
  }

  /** The same of maps [P, h, w] at hand. */
  consultation(maps: Float32Array, { alpha, rejectBy }: Pick<CsrOptions, 'alpha' | 'rejectBy'>): Consultation {
    const { size, grid, owners, concepts, classes, neutral } = this.kept
    const [weight, bias] = [this.model.head.weight, this.model.head.bias!].map(parameter =>
      Float32Array.from(this.state.read(parameter).data),
    )
    return Consultation.of({
      ...{ maps, grid, owners, concepts, classes, neutral, alpha, rejectBy },
      size: [size.height, size.width],
      weight: weight!,
      bias: bias!,
    })
  }

  /** @throws InterplayError `data/shape`, `data/concepts` where images are of another size or show other concepts */
  check(images: ConceptImages): void {
    checkKnownConcepts(images, this.kept.size, this.kept.concepts)
  }

  close(): Promise<void> {
    return this.predictor.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
