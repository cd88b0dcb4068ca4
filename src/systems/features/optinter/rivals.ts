import { concat, constant, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  FieldEmbedding,
  initializers,
  innerProducts,
  LayerNorm,
  Module,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { DeepFactorizationMachine } from '../deepfm/model.ts'
import { FactorizationMachine } from '../fm/model.ts'
import { Logistic } from '../logistic/model.ts'
import { allPairs } from '../shared/crosses/index.ts'
import { trainingStart } from './net.ts'

export interface RivalOptions {
  embeddingDimension: number
  hidden: readonly number[]
  /** Widths of PIN's networks of pairs. */
  subnet?: readonly number[]
}

/** Vectors of fields, and a network of layer norms as the authors' nets have it. */
abstract class VectorModel extends TableModel {
  readonly embedding: FieldEmbedding
  readonly network: MultilayerPerceptron

  /** `made` are the numbers that are made of the vectors. */
  constructor(spec: TableSpec, { embeddingDimension, hidden }: RivalOptions, made: number) {
    super()
    const start = trainingStart(spec, 1, { embeddingDimension, crossDimension: 1, hidden }, 'corrected')
    this.embedding = new FieldEmbedding(spec, embeddingDimension, start.fields)
    this.network = new MultilayerPerceptron(spec.fields.length * embeddingDimension + made, hidden, {
      layerNorm: true,
      outputs: outputWidth(spec),
      start: start.linear,
    })
  }

  protected abstract made(vectors: Tensor): Tensor

  forward(batch: TableBatch, mode: Mode): Tensor {
    const vectors = this.embedding.forward(batch)
    return this.network.forward(concat([vectors.flatten(), this.made(vectors)], 1), mode)
  }
}

const pairsOf = ({ fields }: TableSpec): number => (fields.length * (fields.length - 1)) / 2

/** IPNN (Qu et al. 2016): the network also reads <e_i, e_j> of every pair. */
export class InnerProductNet extends VectorModel {
  constructor(spec: TableSpec, options: RivalOptions) {
    super(spec, options, pairsOf(spec))
  }

  protected made(vectors: Tensor): Tensor {
    return innerProducts(vectors)
  }
}

/** A layer of every pair's own: [P, B, inputs] -> [P, B, outputs], the norm's gains those of all pairs. */
class PairLayer extends Module {
  /** [P, inputs, outputs] */
  readonly weight: Parameter
  /** [P, 1, outputs] */
  readonly bias: Parameter
  readonly norm: LayerNorm

  constructor(pairs: number, inputs: number, outputs: number) {
    super()
    const start = initializers.uniform(Math.sqrt(6 / (inputs + outputs)))
    this.weight = new Parameter([pairs, inputs, outputs], start)
    this.bias = new Parameter([pairs, 1, outputs], initializers.zeros)
    this.norm = new LayerNorm(outputs)
  }

  forward(x: Tensor): Tensor {
    return this.norm.forward(x.matmul(this.weight).add(this.bias)).relu()
  }
}

/** PIN (Qu et al. 2018): a network of every pair's own reads e_i, e_j and their product; its answers go on with the vectors. */
export class ProductNetworks extends VectorModel {
  readonly subnet: PairLayer[]
  private readonly pairs: ReturnType<typeof allPairs>

  constructor(spec: TableSpec, options: RivalOptions) {
    const { embeddingDimension, subnet = [40, 5] } = options
    const pairs = pairsOf(spec)
    super(spec, options, pairs * subnet.at(-1)!)
    this.pairs = allPairs(spec.fields.length)
    const widths = [3 * embeddingDimension, ...subnet]
    this.subnet = subnet.map((width, i) => new PairLayer(pairs, widths[i]!, width))
  }

  protected made(vectors: Tensor): Tensor {
    const side = (end: 0 | 1) => {
      const places = this.pairs.map(pair => pair[end])
      return vectors.gather(constant(places, [places.length], 'int32'), 1)
    }
    const [p, q] = [side(0), side(1)]
    const read = concat([p, q, p.mul(q)], 2).transpose([1, 0, 2])
    return this.subnet
      .reduce((z, layer) => layer.forward(z), read)
      .transpose([1, 0, 2])
      .flatten()
  }
}

/**
 * What the authors compare with beside their own special cases. `crossed` is the spec of rows with the crosses of all pairs,
 * each of which has a weight in Poly2 (Chang et al. 2010).
 */
export const rivals: Record<string, (spec: TableSpec, crossed: TableSpec, options: RivalOptions) => TableModel> = {
  LR: spec => new Logistic(spec),
  FM: (spec, _, { embeddingDimension }) => new FactorizationMachine(spec, embeddingDimension),
  Poly2: (_, crossed) => new Logistic(crossed),
  IPNN: (spec, _, options) => new InnerProductNet(spec, options),
  DeepFM: (spec, _, { embeddingDimension, hidden }) =>
    new DeepFactorizationMachine(spec, {
      ...{ embeddingDimension, hidden: [...hidden], activation: 'relu', batchNorm: true, dropout: 0 },
    }),
  PIN: (spec, _, options) => new ProductNetworks(spec, options),
}
