import { concat, constant, stack, type Tensor } from '../../../engine/index.ts'
import {
  Embedding,
  fanInLinear,
  FieldEmbedding,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  outputWidth,
  TableModel,
  TargetAttention,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { gateContrast, keptAtRandom, type ContrastOptions } from './contrast.ts'
import { BehaviourGate, SoftmaxGate, type Gate, type GateInputs, type gates } from './gate.ts'
import { partsOf, type Parts } from './parts.ts'

export interface AwMoeOptions extends ContrastOptions {
  history: string[]
  query: string[]
  /** The field that tells users apart; histories do where it is empty. */
  user: string
  embeddingDimension: number
  /** Width of a hidden behaviour, candidate or query. */
  hidden: number
  /** How behaviours become one vector for the experts. */
  pooling: 'attention' | 'mean'
  attentionHidden: number[]
  experts: number
  expertHidden: number[]
  gate: (typeof gates)[number]
  gateHidden: number[]
  lengthNorm: boolean
}

export interface AwMoeInputs extends GateInputs {
  /** What tells users apart: ids [batch, n]. */
  users: Tensor
}

const start = initializers.normal(0.05)

/** Embeddings of a batch, hidden behaviours and the vectors beside them. */
class Reader extends Module {
  readonly embedding: FieldEmbedding
  /** Tables of histories that share no vocabulary with a candidate. */
  readonly tables: Embedding[]
  readonly item: Linear
  /** Of candidates that are made of other fields than the items of a history. */
  readonly candidate?: Linear
  readonly query?: Linear
  private readonly names: readonly string[]

  constructor(
    spec: TableSpec,
    private readonly parts: Parts,
    { embeddingDimension, hidden }: AwMoeOptions,
  ) {
    super()
    const { history, candidate, paired, query } = parts
    const others = { ...spec, fields: spec.fields.filter(field => !history.includes(field)) }
    this.embedding = new FieldEmbedding(others, embeddingDimension, start)
    this.names = this.embedding.names
    this.tables = paired
      ? []
      : history.map(({ size }) => new Embedding(size, embeddingDimension, { initialize: start, paddingRows: [0] }))
    const perceptron = (fields: number) =>
      new Linear(fields * embeddingDimension, hidden, fanInLinear(fields * embeddingDimension))
    this.item = perceptron(history.length)
    if (!paired) this.candidate = perceptron(candidate.length)
    if (query.length > 0) this.query = perceptron(query.length)
  }

  read(batch: TableBatch) {
    const { history, candidate, query, rest } = this.parts
    const { fields, items } = this.embed(batch)
    const [ids] = history.map(({ name }) => batch.sequences[name]!)
    const mask = ids!.greater(0).cast('float32')
    const target = (this.candidate ?? this.item).forward(this.joined(fields, candidate)).relu()
    return {
      ids: ids!,
      mask,
      behaviours: this.item.forward(concat(items, 2)).relu().mul(mask.unsqueeze(2)),
      target,
      query: this.query?.forward(this.joined(fields, query)).relu(),
      rest: rest.length > 0 ? [this.joined(fields, rest)] : [],
    }
  }

  /**
   * By field, the size of what it gives the hidden vectors before their ReLU: [batch, length] of the history's fields,
   * [batch] of candidate and query.
   */
  shares(batch: TableBatch): { behaviours: Record<string, Tensor>; others: Record<string, Tensor> } {
    const { history, candidate, query } = this.parts
    const { fields, items } = this.embed(batch)
    const sizes = (names: readonly string[], linear: Linear, vectors: readonly Tensor[]) =>
      Object.fromEntries(names.map((name, i) => [name, this.given(linear, i, vectors[i]!)]))
    const single = (names: readonly string[]) => names.map(name => this.joined(fields, [name]))
    return {
      behaviours: sizes(
        history.map(({ name }) => name),
        this.item,
        items,
      ),
      others: {
        ...sizes(candidate, this.candidate ?? this.item, single(candidate)),
        ...(this.query ? sizes(query, this.query, single(query)) : {}),
      },
    }
  }

  private given({ weight }: Linear, field: number, vectors: Tensor): Tensor {
    const { dimension } = this.embedding
    const block = weight.slice(1, field * dimension, (field + 1) * dimension)
    return vectors.linear(block).square().sum(-1).sqrt()
  }

  /** The vectors of all fields but the history's, [batch, fields, dimension], and of its items by field. */
  private embed(batch: TableBatch): { fields: Tensor; items: readonly Tensor[] } {
    const { history, paired } = this.parts
    const lists = history.map(({ name, vocabulary }) => ({ field: vocabulary!, ids: batch.sequences[name]! }))
    const { fields, further } = this.embedding.forwardWith(batch, paired ? lists : [])
    return { fields, items: paired ? further : this.tables.map((table, i) => table.forward(lists[i]!.ids)) }
  }

  /** The vectors of some fields, one after another: [batch, fields * dimension]. */
  private joined(fields: Tensor, names: readonly string[]): Tensor {
    const places = Int32Array.from(names, name => this.names.indexOf(name))
    return fields.gather(constant(places, [places.length], 'int32'), 1).flatten()
  }
}

/**
 * Attention-weighted mixture of experts (Gong et al. 2023): the behaviours of a user decide, each in its measure, how much
 * every expert says of a candidate. logits = sum_k g_k s_k.
 */
export class AwMoe extends TableModel {
  readonly parts: Parts
  readonly reader: Reader
  readonly attention?: TargetAttention
  readonly experts: MultilayerPerceptron[]
  readonly gate?: Gate

  constructor(
    private readonly spec: TableSpec,
    readonly options: AwMoeOptions,
  ) {
    super()
    const { hidden, pooling, attentionHidden, expertHidden, embeddingDimension } = options
    this.parts = partsOf(spec, options)
    this.reader = new Reader(spec, this.parts, options)
    const searched = this.parts.query.length > 0
    const width = (searched ? 3 : 2) * hidden + this.parts.rest.length * embeddingDimension
    if (pooling === 'attention')
      this.attention = new TargetAttention(hidden, { hidden: attentionHidden, context: searched ? hidden : 0 })
    const experts = options.gate === 'none' ? 1 : options.experts
    this.experts = Array.from(
      { length: experts },
      () => new MultilayerPerceptron(width, expertHidden, { outputs: outputWidth(spec), start: fanInLinear }),
    )
    this.gate = gateOf(options, width)
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const inputs = this.read(batch)
    const gate = this.gate?.forward(inputs, mode)
    if (gate && mode.training && this.contrasted) {
      const kept = keptAtRandom(inputs.mask, this.options.maskRate, mode)
      mode.addLoss(this.contrast(gate, inputs, kept, mode).mul(this.options.contrast))
    }
    return this.mix(gate, inputs, mode)
  }

  /** What gate and experts read of a batch. */
  read(batch: TableBatch): AwMoeInputs {
    const { behaviours, mask, target, query, rest, ids } = this.reader.read(batch)
    const context = query ? [query] : []
    const interest = this.pool(behaviours, mask, target, query)
    const impression = concat([interest, target, ...context, ...rest], 1).named('impression')
    return { behaviours, mask, key: query ?? target, target, impression, users: this.users(batch, ids) }
  }

  /** sum_k g_k s_k of a gate [batch, experts]; the one expert's answer without a gate. */
  mix(gate: Tensor | undefined, { impression }: GateInputs, mode: Mode): Tensor {
    const answers = this.experts.map(expert => expert.forward(impression, mode))
    const said = stack(answers, 1).named('expertLogits')
    return gate ? gate.unsqueeze(2).mul(said).sum(1) : said.squeeze(1)
  }

  /** The contrast between a gate and that of the kept behaviours [batch, length]; only the gate is run again. */
  contrast(gate: Tensor, inputs: AwMoeInputs, kept: Tensor, mode: Mode): Tensor {
    const masked = { ...inputs, mask: kept, behaviours: inputs.behaviours.mul(kept.unsqueeze(2)) }
    return gateContrast(gate, this.gate!.forward(masked, mode), inputs.users, this.options)
  }

  /** Gates that read no behaviours have nothing to contrast. */
  private get contrasted(): boolean {
    return this.options.contrast > 0 && this.gate instanceof BehaviourGate
  }

  private pool(behaviours: Tensor, mask: Tensor, target: Tensor, query?: Tensor): Tensor {
    if (!this.attention) return behaviours.sum(1).div(mask.sum(1, { keep: true }).maximum(1))
    return this.attention.forward(behaviours, target, mask, query)
  }

  private users(batch: TableBatch, history: Tensor): Tensor {
    const { user } = this.options
    if (user === '') return history
    const column = this.spec.fields.filter(({ type }) => type === 'categorical').findIndex(({ name }) => name === user)
    return batch.categorical!.slice(1, column, column + 1)
  }
}

function gateOf(options: AwMoeOptions, impression: number): Gate | undefined {
  const { gate, hidden, experts, gateHidden, lengthNorm } = options
  switch (gate) {
    case 'none':
      return undefined
    case 'softmax':
      return new SoftmaxGate('impression', impression, experts)
    case 'candidate':
      return new SoftmaxGate('target', hidden, experts)
    default:
      return new BehaviourGate({ kind: gate, width: hidden, experts, hidden: gateHidden, lengthNorm })
  }
}
