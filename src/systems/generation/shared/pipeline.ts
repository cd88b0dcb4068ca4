import { State } from '../../../engine/index.ts'
import { ddim, samplingSteps } from '../../../nn/index.ts'
import { loadAdapter, type AdapterWeights } from './adapter-file.ts'
import { AdapterNetwork } from './adapter-network.ts'
import { colourBound, copyWeights, spacingOf, type Base, type Sampling } from './base.ts'
import { GuidedDenoiser } from './denoiser.ts'
import { Encoder, featuresOf, type EncodedTexts } from './encoded.ts'
import { transformerHosts } from './hosts.ts'
import type { Computing } from '../../../system/index.ts'
import { noiseRows, toBytes } from './pictures.ts'

/** Adapters as a pipeline wears them. */
export interface PictureAdapter {
  name: string
  weights: AdapterWeights
  /** How much it acts on each text, in 0 .. 1. */
  strengths(texts: EncodedTexts, encode: (texts: readonly string[]) => Promise<EncodedTexts>): Promise<Float32Array>
}

export interface DrawOptions extends Partial<Sampling> {
  seed: number
  /** Number of the first picture: its noise is that of (seed, number). Default 0. */
  first?: number
  signal?: AbortSignal
}

/** Pictures [texts, channels, side, side] in bytes, and how much each adapter acted on each text. */
export interface Drawn {
  pixels: Uint8Array
  strengths: readonly Float32Array[]
}

/** Pictures of one run. */
const runPictures = 64

/** Draws pictures of texts with a base and adapters on it. */
export class Pipeline {
  private readonly encoder: Encoder
  private readonly denoiser: GuidedDenoiser

  /** Throws `model/weights` where an adapter does not fit the base. */
  constructor(
    readonly base: Base,
    private readonly adapters: readonly PictureAdapter[],
    computing: Computing,
  ) {
    const { model } = base
    const hosts = transformerHosts(model.unet)
    const networks = adapters.map(({ weights }) => new AdapterNetwork(hosts, weights.rank, weights.alpha))
    const owners = Object.fromEntries(networks.map((network, i) => [`adapter.${i}`, network]))
    const state = adapters.length === 0 ? base.state : new State({ model, ...owners }, 1)
    if (state !== base.state) copyWeights(base, state)
    networks.forEach((network, i) => loadAdapter(network, state, adapters[i]!.weights, adapters[i]!.name))
    this.encoder = new Encoder(base, computing)
    this.denoiser = new GuidedDenoiser(model, state, networks, computing)
  }

  encode(texts: readonly string[]): Promise<EncodedTexts> {
    return this.encoder.encode(texts)
  }

  async draw(texts: readonly string[], { seed, first = 0, signal, ...sampling }: DrawOptions): Promise<Drawn> {
    const { base, adapters } = this
    const { steps, guidance } = { ...base.description.sampling, ...sampling }
    const { channels, side } = base.model.options.picture
    const size = channels * side * side
    const encoded = await this.encode(texts)
    const { features: unconditional } = await this.encode([''])
    const strengths = await Promise.all(adapters.map(each => each.strengths(encoded, own => this.encode(own))))
    const pixels = new Uint8Array(texts.length * size)
    for (let start = 0; start < texts.length; start += runPictures) {
      const rows = Array.from({ length: Math.min(runPictures, texts.length - start) }, (_, i) => start + i)
      const context = featuresOf(encoded, rows)
      const scales = strengths.map(own => own.slice(start, start + rows.length))
      const finished = await ddim(
        (x, t) => this.denoiser.noise(x, t, { context, unconditional, guidance, scales }),
        noiseRows(seed, 'picture', rows.length, size, first + start),
        base.schedule,
        samplingSteps(base.schedule, steps, { spacing: spacingOf(base) }),
        { bound: colourBound, signal },
      )
      pixels.set(toBytes(finished), start * size)
    }
    return { pixels, strengths }
  }

  async close(): Promise<void> {
    await Promise.all([this.encoder.close(), this.denoiser.close()])
  }
}
