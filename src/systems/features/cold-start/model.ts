import {
  entmax,
  FieldEmbedding,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { concat, type Tensor } from '../../../engine/index.ts'
import type { ColdStartOptions } from './options.ts'

/** Which fields belong to the user, the item and the context, by name. */
export type Groups = Readonly<Record<'user' | 'item' | 'context', readonly string[]>>

export type FusionOptions = Pick<
  ColdStartOptions,
  'embeddingDimension' | 'selection' | 'counterpart' | 'gate' | 'width' | 'hidden'
>

/** Weights of a group's fields, of mean 1, from the mean and the largest element of each vector and the other side's summary. */
class FieldSelection extends Module {
  readonly hidden: Linear
  readonly output: Linear

  constructor(
    private readonly fields: number,
    dimension: number,
    private readonly sparse: boolean,
  ) {
    super()
    this.hidden = new Linear(2 * fields + dimension, 4 * fields)
    this.output = new Linear(4 * fields, fields)
  }

  /** Vectors [B, fields, d] and a summary [B, d] to weights [B, fields]. */
  forward(vectors: Tensor, other: Tensor): Tensor {
    const seen = concat([vectors.mean(2), vectors.max(2), other], 1)
    const scores = this.output.forward(this.hidden.forward(seen).relu())
    return (this.sparse ? entmax(scores, 2) : scores.softmax(-1)).mul(this.fields)
  }
}

/** One side of a row: its fields, weighed, and the vector they make. */
class Group extends Module {
  readonly selection?: FieldSelection
  readonly tower: MultilayerPerceptron
  private readonly columns: readonly number[]

  constructor(
    private readonly name: string,
    fields: readonly string[],
    all: readonly string[],
    { embeddingDimension, selection, width }: FusionOptions,
  ) {
    super()
    this.columns = fields.map(field => all.indexOf(field))
    if (selection !== 'none' && fields.length > 1)
      this.selection = new FieldSelection(fields.length, embeddingDimension, selection === 'sparsemax')
    this.tower = new MultilayerPerceptron(fields.length * embeddingDimension, [width], { outputs: width })
  }

  /** The group's vectors of all embeddings [B, F, d]. */
  of(embeddings: Tensor): Tensor {
    return concat(
      this.columns.map(column => embeddings.slice(1, column, column + 1)),
      1,
    )
  }

  /** [B, width] */
  forward(vectors: Tensor, other: Tensor, mode: Mode): Tensor {
    const weights = this.selection?.forward(vectors, other).named(`weights.${this.name}`)
    const weighed = weights ? vectors.mul(weights.unsqueeze(2)) : vectors
    return this.tower.forward(weighed.flatten(), mode)
  }
}

/**
 * Adaptive feature fusion: fields are weighed within user, item and context by the row and by the other side, the three
 * vectors are gated, and their products say which of them meet. The equations are this package's; the paper's are not public.
 */
export class AdaptiveFusion extends TableModel {
  readonly embedding: FieldEmbedding
  readonly groups: Group[]
  readonly gate?: Linear
  readonly head: MultilayerPerceptron
  readonly userProjection: Linear
  readonly itemProjection: Linear
  private readonly counterpart: boolean

  constructor(spec: TableSpec, groups: Groups, options: FusionOptions) {
    super()
    const { embeddingDimension, width, hidden, gate, counterpart } = options
    this.counterpart = counterpart
    this.embedding = new FieldEmbedding(spec, embeddingDimension, initializers.normal(0.1))
    const { names } = this.embedding
    this.groups = Object.entries(groups)
      .filter(([, fields]) => fields.length > 0)
      .map(([name, fields]) => new Group(name, fields, names, options))
    const count = this.groups.length
    if (gate) this.gate = new Linear(count * width, count)
    const pairs = (count * (count - 1)) / 2
    this.head = new MultilayerPerceptron((count + pairs) * width, hidden, { outputs: 1 })
    this.userProjection = new Linear(width, width)
    this.itemProjection = new Linear(width, width)
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const embeddings = this.embedding.forward(batch)
    const vectors = this.groups.map(group => group.of(embeddings))
    const summaries = vectors.map(each => each.mean(1))
    const sides = this.groups.map((group, g) => group.forward(vectors[g]!, this.otherSide(summaries, g), mode))
    return this.head.forward(this.fused(sides), mode)
  }

  /** Projected vectors [B, width] of user and item that have not seen each other. */
  sides(batch: TableBatch, mode: Mode): { user: Tensor; item: Tensor } {
    const embeddings = this.embedding.forward(batch)
    const [user, item] = this.groups.slice(0, 2).map(group => {
      const vectors = group.of(embeddings)
      return group.forward(vectors, vectors.mean(1).mul(0), mode)
    }) as [Tensor, Tensor]
    return { user: this.userProjection.forward(user), item: this.itemProjection.forward(item) }
  }

  /** What the fields of a group are weighed by beside themselves: the item for the user, the user for the item, both for the context. */
  private otherSide(summaries: readonly Tensor[], group: number): Tensor {
    const [user, item] = summaries as [Tensor, Tensor]
    if (!this.counterpart) return user.mul(0)
    return [item, user, user.add(item).mul(0.5)][group]!
  }

  private fused(sides: readonly Tensor[]): Tensor {
    const shares = this.gate?.forward(concat(sides, 1)).softmax(-1).mul(sides.length).named('gate')
    const gated = sides.map((side, g) => (shares ? side.mul(shares.slice(1, g, g + 1)) : side))
    const products = sides.flatMap((a, i) => sides.slice(i + 1).map(b => a.mul(b)))
    return concat([...gated, ...products], 1)
  }
}
