import {
  BatchNorm,
  Convolution,
  FieldEmbedding,
  Linear,
  Module,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { concat, type Tensor } from '../../../engine/index.ts'

export interface GeneratorOptions {
  /** Channels of each convolution; the lists are as long as there are layers. */
  channels: number[]
  /** Fields each convolution spans; odd. */
  heights: number[]
  pooling: number
  /** New features a pooled row makes. */
  recombined: number
  convolutionBatchNorm: boolean
  shareEmbedding: boolean
}

/** Heights after each pooling layer, ceil(H / pooling). */
export function pooledHeights(fields: number, { channels, pooling }: GeneratorOptions): number[] {
  let height = fields
  return channels.map(() => (height = Math.ceil(height / pooling)))
}

/** Features a generator makes: the sum over layers of height times recombined channels. */
export const generatedFeatures = (fields: number, options: GeneratorOptions): number =>
  pooledHeights(fields, options).reduce((sum, height) => sum + height * options.recombined, 0)

/** Convolution along the fields, pooling and recombination (paper section 3.2, equations 2 to 6). */
class GenerationLayer extends Module {
  readonly convolution: Convolution
  readonly norm?: BatchNorm
  readonly recombine: Linear

  constructor(
    inputs: number,
    private readonly shape: { before: number; height: number; dimension: number },
    channels: number,
    span: number,
    private readonly options: GeneratorOptions,
  ) {
    super()
    this.convolution = new Convolution(inputs, channels, [span, 1], { padding: [(span - 1) / 2, 0] })
    if (options.convolutionBatchNorm) this.norm = new BatchNorm(channels)
    const { height, dimension } = shape
    this.recombine = new Linear(channels * height * dimension, height * dimension * options.recombined)
  }

  /** [B, inputs, before, dimension] to the pooled map [B, channels, height, dimension] and new features [B, height * recombined, dimension]. */
  forward(x: Tensor, mode: Mode): { map: Tensor; features: Tensor } {
    const { height, dimension } = this.shape
    const patterns = this.convolution.forward(x)
    const { pooling, recombined } = this.options
    const map = (this.norm?.forward(patterns, mode) ?? patterns)
      .tanh()
      .maxPool([pooling, 1], { stride: [pooling, 1], padding: this.padding() })
    const features = this.recombine
      .forward(map.flatten())
      .tanh()
      .reshape([x.shape[0]!, height * recombined, dimension])
    return { map, features }
  }

  /** Rows that never win a maximum: before and after an odd height at pooling 2, as published; after it for larger pooling. */
  private padding(): [number, number, number, number] {
    const { before, height } = this.shape
    const { pooling } = this.options
    if (pooling === 2) return [before % 2, 0, before % 2, 0]
    return [0, 0, height * pooling - before, 0]
  }
}

/** Makes new feature embeddings of the fields' ones. */
export class FeatureGenerator extends Module {
  /** Absent where the classifier's embedding is shared. */
  readonly embedding?: FieldEmbedding
  readonly layers: GenerationLayer[]

  constructor(spec: TableSpec, dimension: number, options: GeneratorOptions) {
    super()
    if (!options.shareEmbedding) this.embedding = new FieldEmbedding(spec, dimension)
    const heights = pooledHeights(spec.fields.length, options)
    this.layers = options.channels.map((channels, i) => {
      const shape = { before: heights[i - 1] ?? spec.fields.length, height: heights[i]!, dimension }
      return new GenerationLayer(options.channels[i - 1] ?? 1, shape, channels, options.heights[i]!, options)
    })
  }

  forward(batch: TableBatch, shared: Tensor, mode: Mode): Tensor {
    return this.generate(this.embedding?.forward(batch) ?? shared, mode)
  }

  /** Embeddings [B, fields, dimension] to new ones [B, features, dimension], layer after layer. */
  generate(embeddings: Tensor, mode: Mode): Tensor {
    let map = embeddings.unsqueeze(1)
    const features = this.layers.map(layer => {
      const made = layer.forward(map, mode)
      map = made.map
      return made.features
    })
    return concat(features, 1).named('generated')
  }
}
