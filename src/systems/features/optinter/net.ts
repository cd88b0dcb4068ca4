import { concat, constant, Parameter, randomUniform, type Initializer, type Tensor } from '../../../engine/index.ts'
import {
  Embedding,
  FieldEmbedding,
  fieldsOf,
  initializers,
  Module,
  MultilayerPerceptron,
  outputWidth,
  stacked,
  TableModel,
  type LinearOptions,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { SearchModel } from '../../../train/index.ts'
import type { Pair } from '../shared/crosses/index.ts'
import { methods, placesOf, type Methods } from './methods.ts'

export interface NetOptions {
  /** d1, of the vectors of fields. */
  embeddingDimension: number
  /** d2, of the vectors of pairs. */
  crossDimension: number
  /** None named: what `hiddenOf` says. */
  hidden: readonly number[]
}

const [paperWidth, paperRows, leastWidth, layers] = [700, 1e6, 64, 5]

/** The widths named, or five layers of the paper's 700 that narrow with the root of the rows, so that small tables take seconds. */
export function hiddenOf({ hidden }: Pick<NetOptions, 'hidden'>, { rows }: TableSpec): readonly number[] {
  if (hidden.length > 0) return hidden
  const width = 8 * Math.round((paperWidth * Math.sqrt(rows / paperRows)) / 8)
  return new Array<number>(layers).fill(Math.min(paperWidth, Math.max(leastWidth, width)))
}

/** What of a table's crosses a net needs to know. */
export interface Layout {
  /** The table without crosses. */
  base: TableSpec
  /** Rows of each memorised pair's table. */
  crossRows: readonly number[]
  factorised: readonly Pair[]
  /** Vectors z that the network reads. */
  vectors: number
}

/** How the tables O, C and A and the linear layers begin. */
export interface Start {
  fields: Initializer
  crosses: Initializer
  factors: Initializer
  linear(inputs: number): LinearOptions
}

/**
 * M_p = C[x_ij], F_p = A[x_i] * A[x_j], and a network of layer norms on the vectors of all fields and of the pairs (Lyu et al.
 * 2022, section 3). The ids of crosses stand behind those of the fields.
 */
class PairNet extends Module {
  /** O. */
  readonly embedding: FieldEmbedding
  /** C, a pair under the other: [rows, d2]. */
  readonly crosses?: Embedding
  /** A, apart from O: [values, d2]. */
  readonly factors?: Embedding
  readonly network: MultilayerPerceptron
  private readonly fields: number
  private readonly values: number

  constructor(
    private readonly layout: Layout,
    options: NetOptions,
    start: Start,
  ) {
    super()
    const { base, crossRows, factorised, vectors } = layout
    const { embeddingDimension, crossDimension } = options
    const categorical = fieldsOf(base, 'categorical')
    const { rows, starts } = stacked(categorical)
    this.fields = categorical.length
    this.values = rows
    this.embedding = new FieldEmbedding(base, embeddingDimension, start.fields)
    if (crossRows.length > 0) {
      const own = stacked(crossRows.map(size => ({ name: '', type: 'categorical', size })))
      this.crosses = new Embedding(own.rows, crossDimension, { initialize: start.crosses, paddingRows: own.starts })
    }
    if (factorised.length > 0)
      this.factors = new Embedding(rows, crossDimension, { initialize: start.factors, paddingRows: starts })
    const inputs = base.fields.length * embeddingDimension + vectors * crossDimension
    const outputs = outputWidth(base)
    this.network = new MultilayerPerceptron(inputs, hiddenOf(options, base), {
      layerNorm: true,
      outputs,
      start: start.linear,
    })
  }

  /** M of the memorised pairs: [batch, pairs, d2]. */
  memorised({ categorical }: TableBatch): Tensor | undefined {
    return this.crosses?.forward(categorical!.slice(1, this.fields).sub(this.values))
  }

  /** F of the factorised pairs: [batch, pairs, d2]. */
  factorised(batch: TableBatch): Tensor | undefined {
    const vectors = this.factors?.forward(this.ids(batch))
    const side = (end: 0 | 1) => {
      const places = this.layout.factorised.map(pair => pair[end])
      return vectors!.gather(constant(places, [places.length], 'int32'), 1)
    }
    return vectors && side(0).mul(side(1))
  }

  /** Logits from the fields and the pairs' vectors. */
  answer(batch: TableBatch, z: Tensor | undefined, mode: Mode): Tensor {
    const own = this.embedding.forward({ ...batch, categorical: this.ids(batch) }).flatten()
    return this.network.forward(z ? concat([own, z.flatten()], 1) : own, mode)
  }

  private ids({ categorical }: TableBatch): Tensor {
    return this.crosses ? categorical!.slice(1, 0, this.fields) : categorical!
  }
}

/** z_p = pi_p1 M_p + pi_p2 F_p, pi_p = softmax(alpha_p / t): every pair both ways, until t has fallen. */
export class SearchNet extends SearchModel {
  readonly net: PairNet
  /** [pairs, methods] */
  readonly alpha: Parameter

  constructor(
    layout: Layout,
    options: NetOptions,
    /** Adds Gumbel noise to alpha while training, as the paper has it; the authors' code does not. */
    private readonly gumbel: boolean,
    start = searchStart,
  ) {
    super()
    this.net = new PairNet(layout, options, start)
    this.alpha = new Parameter([layout.crossRows.length, methods.length], initializers.xavierNormal)
  }

  get choice(): Parameter[] {
    return [this.alpha]
  }

  forward(batch: TableBatch, mode: Mode, temperature: Tensor): Tensor {
    const scores = this.gumbel && mode.training ? this.alpha.add(gumbelNoise(this.alpha.shape)) : this.alpha
    const weights = scores.div(temperature).softmax(1)
    const memorised = this.net.memorised(batch)!.mul(weights.slice(1, 0, 1))
    const factorised = this.net.factorised(batch)!.mul(weights.slice(1, 1, 2))
    return this.net.answer(batch, memorised.add(factorised), mode)
  }
}

/** -log(-log u), u uniform. */
const gumbelNoise = (shape: readonly number[]): Tensor =>
  randomUniform(shape, 'optinter.gumbel').maximum(1e-20).log().neg().maximum(1e-20).log().neg()

/** The net of one method a pair: the vectors of memorised pairs, then those of factorised ones; naive pairs have none. */
export class MethodNet extends TableModel {
  readonly net: PairNet

  constructor(layout: Layout, options: NetOptions, start: Start) {
    super()
    this.net = new PairNet(layout, options, start)
  }

  /** `mask` [vectors, 1] scales the pairs' vectors. */
  forward(batch: TableBatch, mode: Mode, mask?: Tensor): Tensor {
    const parts = [this.net.memorised(batch), this.net.factorised(batch)].filter(part => part !== undefined)
    if (parts.length === 0) return this.net.answer(batch, undefined, mode)
    const z = concat(parts, 1)
    return this.net.answer(batch, mask ? z.mul(mask) : z, mode)
  }
}

/** The layout of a search: all pairs memorised and factorised at once. */
export const searchLayout = (base: TableSpec, pairs: readonly Pair[], crossRows: readonly number[]): Layout => ({
  base,
  crossRows,
  factorised: pairs,
  vectors: pairs.length,
})

/** The layout of chosen methods; `crossRows` are of all pairs. */
export function methodLayout(
  base: TableSpec,
  pairs: readonly Pair[],
  crossRows: readonly number[],
  chosen: Methods,
): Layout {
  const [memorised, factorised] = [placesOf(chosen, 'memorise'), placesOf(chosen, 'factorise')]
  return {
    base,
    crossRows: memorised.map(place => crossRows[place]!),
    factorised: factorised.map(place => pairs[place]!),
    vectors: memorised.length + factorised.length,
  }
}

/** The framework's defaults, as the authors' search has them: tables from N(0, 1). */
const searchStart: Start = {
  fields: initializers.normal(1),
  crosses: initializers.normal(1),
  factors: initializers.normal(1),
  linear: inputs => ({ initialize: initializers.fanInUniform, initializeBias: fanInBias(inputs) }),
}

/**
 * Tables within sqrt(3 / (fields x width)), fields being the pairs for crosses. The authors' code has (3 / (fields x
 * width))^2, which `original` copies.
 */
export function trainingStart(
  base: TableSpec,
  pairs: number,
  { embeddingDimension, crossDimension }: NetOptions,
  variant: 'corrected' | 'original',
): Start {
  const fields = Math.max(1, fieldsOf(base, 'categorical').length)
  const within = (count: number, width: number) =>
    initializers.uniform((3 / (count * width)) ** (variant === 'original' ? 2 : 0.5))
  return {
    fields: within(fields, embeddingDimension),
    crosses: within(Math.max(1, pairs), crossDimension),
    factors: within(fields, crossDimension),
    linear: inputs => ({ initialize: initializers.xavierUniform, initializeBias: fanInBias(inputs) }),
  }
}

const fanInBias = (inputs: number) => initializers.uniform(1 / Math.sqrt(inputs))
