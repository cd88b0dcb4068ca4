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
import { convolvedAlongFields, pooledAlongFields } from './along-fields.ts'

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

/**
 * Convolution along the fields, pooling and recombination (paper section 3.2, equations 2 to 6). Maps are
 * [channels, fields, dimension x batch]: embedding dimensions never mix in a convolution, so each is another row of it, and
 * rows of the batch stand side by side so that no product needs a map turned round.
 */
class GenerationLayer extends Module {
  readonly convolution: Convolution
  readonly norm?: BatchNorm
  readonly recombine: Linear

  constructor(
    inputs: number,
    channels: number,
    span: number,
    /** Of a channel of the pooled map, each row of the batch. */
    numbers: number,
    private readonly options: GeneratorOptions,
  ) {
    super()
    this.convolution = new Convolution(inputs, channels, [span, 1], { padding: [(span - 1) / 2, 0] })
    if (options.convolutionBatchNorm) this.norm = new BatchNorm(channels)
    this.recombine = new Linear(channels * numbers, options.recombined * numbers)
  }

  /** [inputs, before, dimension x B] to the pooled map [channels, height, dimension x B] and new features [height x recombined x dimension, B]. */
  forward(x: Tensor, mode: Mode): { map: Tensor; features: Tensor } {
    const patterns = convolvedAlongFields(x, this.convolution)
    const normed = this.norm ? this.norm.forward(patterns.unsqueeze(0), mode).squeeze(0) : patterns
    // the largest tanh is that of the largest
    const map = pooledAlongFields(normed, this.options.pooling).tanh()
    const { weight, bias } = this.recombine
    const features = weight
      .matmul(map.reshape([weight.shape[1]!, -1]))
      .add(bias!.unsqueeze(1))
      .tanh()
    return { map, features }
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
      const inputs = options.channels[i - 1] ?? 1
      return new GenerationLayer(inputs, channels, options.heights[i]!, heights[i]! * dimension, options)
    })
  }

  forward(batch: TableBatch, shared: Tensor, mode: Mode): Tensor {
    return this.generate(this.embedding?.forward(batch) ?? shared, mode)
  }

  /** Embeddings [B, fields, dimension] to new ones [B, features, dimension], layer after layer. */
  generate(embeddings: Tensor, mode: Mode): Tensor {
    const [batch, fields, dimension] = embeddings.shape
    let map = embeddings.transpose([1, 2, 0]).reshape([1, fields!, -1])
    const features = this.layers.map(layer => {
      const made = layer.forward(map, mode)
      map = made.map
      return made.features
    })
    return concat(features, 0).transpose([1, 0]).reshape([batch!, -1, dimension!]).named('generated')
  }
}
