import { concat, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  fanInLinear,
  FieldEmbedding,
  initializers,
  Linear,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { chained, isChain } from './chain.ts'
import { Grouping, GroupTransformer } from './group-transformer.ts'
import type { ApemOptions } from './options.ts'
import { PatternSelector } from './pattern-selector.ts'

/** The temperature at which grouping ends; it begins at 1. */
const sharpest = 0.3

/**
 * Adaptive pattern extraction: fields are enriched in groups that the model finds, and each step of a conversion picks its own
 * patterns from them by an indicator that the row and the step before move. The equations are this package's; the paper's are
 * not public.
 */
export class Apem extends TableModel {
  readonly embedding: FieldEmbedding
  /** Of each field, added to its vector. */
  readonly fieldVectors: Parameter
  readonly grouping: Grouping
  readonly temperature: Parameter
  readonly layers: GroupTransformer[]
  readonly keys: Linear
  readonly values: Linear
  readonly seen: Linear
  readonly patterns: Parameter
  readonly steps: PatternSelector[]
  private readonly chain: boolean

  constructor(
    spec: TableSpec,
    private readonly options: ApemOptions,
  ) {
    super()
    const { embeddingDimension: width, groups, layers, patterns } = options
    this.chain = isChain(spec.targets, options)
    this.embedding = new FieldEmbedding(spec, width, initializers.normal(0.1))
    const fields = this.embedding.names.length
    this.fieldVectors = new Parameter([fields, width], initializers.normal(0.1))
    this.grouping = new Grouping(fields, groups, width)
    this.temperature = new Parameter([1], initializers.ones, { role: 'buffer' })
    this.layers = Array.from({ length: layers }, () => new GroupTransformer(fields, options))
    const linear = () => new Linear(width, width, fanInLinear(width))
    ;[this.keys, this.values, this.seen] = [linear(), linear(), linear()]
    this.patterns = new Parameter([patterns, width], initializers.normal(1))
    this.steps = spec.targets.map(
      (target, t) => new PatternSelector(t, target.kind === 'multiclass' ? target.classes.length : 1, options),
    )
  }

  /** Patterns that each step picks; 0 where it reads the mean of all fields. */
  get picks(): number {
    return this.options.selector === 'mean' ? 0 : this.options.patterns
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    const membership = this.grouping.forward(this.temperature).named('membership')
    if (mode.training) this.settle(membership, mode)
    return this.pick(this.enrich(this.embedding.forward(batch), membership), mode)
  }

  /** First-order vectors and those of every layer: [B, (layers + 1) fields, d]. */
  private enrich(embeddings: Tensor, membership: Tensor): Tensor {
    const tokens = [embeddings.add(this.fieldVectors)]
    for (const layer of this.layers) tokens.push(layer.forward(tokens.at(-1)!, membership))
    return concat(tokens, 1)
  }

  private pick(tokens: Tensor, mode: Mode): Tensor {
    const mean = tokens.mean(1)
    const offered = { keys: this.keys.forward(tokens), values: this.values.forward(tokens), mean }
    const seen = this.seen.forward(mean).relu()
    let before: Tensor | undefined
    const answers = this.steps.map(step => {
      const { answer, hidden } = step.forward(offered, seen, this.patterns, before, mode)
      before = hidden
      return answer
    })
    const all = concat(answers, 1)
    return this.chain ? chained(all) : all
  }

  /** Lets groups sharpen as training goes on: undecided fields cost more the later, an empty group always. */
  private settle(membership: Tensor, mode: Mode): void {
    const { coolingSteps, sharpness, balance, groups } = this.options
    if (groups === 1) return
    const rate = sharpest ** (1 / coolingSteps)
    mode.update(this.temperature, this.temperature.mul(rate).maximum(sharpest))
    const late = this.temperature
      .neg()
      .add(1)
      .mul(1 / (1 - sharpest))
    const undecided = entropy(membership, 1).mean().mul(late)
    mode.addLoss(
      undecided
        .mul(sharpness)
        .sum()
        .sub(entropy(membership.mean(0), 0).mul(balance)),
    )
  }
}

const entropy = (shares: Tensor, axis: number): Tensor => shares.mul(shares.add(1e-9).log()).sum(axis).neg()
