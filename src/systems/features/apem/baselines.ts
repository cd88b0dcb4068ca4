import { concat, stack, type Tensor } from '../../../engine/index.ts'
import {
  FieldEmbedding,
  fanInLinear,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  TableModel,
  type Mode,
  type TableBatch,
  type TableSpec,
} from '../../../nn/index.ts'
import { chained } from './chain.ts'

export interface MultiTaskOptions {
  embeddingDimension: number
  /** Widths of what steps share: the bottom, or each expert. */
  shared: number[]
  /** Experts of MMoE; of PLE shared ones, and as many again for each step. */
  experts: number
  /** Hidden widths of the gates. */
  gate: number[]
  /** Hidden widths of each step's tower. */
  tower: number[]
}

/** A table model whose embeddings are one flat vector, with a tower a step. */
abstract class MultiTask extends TableModel {
  readonly embedding: FieldEmbedding
  readonly towers: MultilayerPerceptron[]

  constructor(
    spec: TableSpec,
    protected readonly options: MultiTaskOptions,
    towerInputs: number,
  ) {
    super()
    this.embedding = new FieldEmbedding(spec, options.embeddingDimension, initializers.normal(0.1))
    this.towers = spec.targets.map(() => perceptron(towerInputs, options.tower, 1))
  }

  /** What each tower reads, of the flat embeddings [B, fields * d]. */
  protected abstract read(x: Tensor, mode: Mode): Tensor[]

  forward(batch: TableBatch, mode: Mode): Tensor {
    const inputs = this.read(this.embedding.forward(batch).flatten(), mode)
    return concat(
      this.towers.map((tower, t) => tower.forward(inputs[t]!, mode)),
      1,
    )
  }
}

const perceptron = (inputs: number, hidden: readonly number[], outputs?: number) =>
  new MultilayerPerceptron(inputs, hidden, { outputs, start: fanInLinear })

const flatWidth = ({ fields }: TableSpec, { embeddingDimension }: MultiTaskOptions): number =>
  fields.length * embeddingDimension

/** One bottom for all steps (Caruana 1997). Of one target it is the single-task network. */
export class SharedBottom extends MultiTask {
  readonly bottom: MultilayerPerceptron

  constructor(spec: TableSpec, options: MultiTaskOptions) {
    super(spec, options, options.shared.at(-1)!)
    this.bottom = perceptron(flatWidth(spec, options), options.shared)
  }

  protected read(x: Tensor, mode: Mode): Tensor[] {
    const shared = this.bottom.forward(x, mode)
    return this.towers.map(() => shared)
  }
}

/** A network a step on shared embeddings, their answers multiplied along the chain (ESMM, Ma et al. 2018). */
export class EntireSpace extends MultiTask {
  readonly bottoms: MultilayerPerceptron[]

  constructor(spec: TableSpec, options: MultiTaskOptions) {
    super(spec, options, options.shared.at(-1)!)
    this.bottoms = spec.targets.map(() => perceptron(flatWidth(spec, options), options.shared))
  }

  protected read(x: Tensor, mode: Mode): Tensor[] {
    return this.bottoms.map(bottom => bottom.forward(x, mode))
  }

  override forward(batch: TableBatch, mode: Mode): Tensor {
    return chained(super.forward(batch, mode))
  }
}

/** Shares of so many experts by what is read: softmax of a network without a last bias. */
class Gate extends Module {
  readonly network: MultilayerPerceptron
  readonly output: Linear

  constructor(inputs: number, hidden: readonly number[], experts: number) {
    super()
    this.network = perceptron(inputs, hidden)
    this.output = new Linear(this.network.width, experts, { ...fanInLinear(this.network.width), bias: false })
  }

  /** The experts' answers [B, width] each, mixed: [B, width]. */
  mix(x: Tensor, experts: readonly Tensor[], mode: Mode): Tensor {
    const shares = this.output.forward(this.network.forward(x, mode)).softmax(-1)
    return shares.unsqueeze(2).mul(stack(experts, 1)).sum(1)
  }
}

/** Experts that all steps mix by gates of their own (Ma et al. 2018). */
export class MixtureOfExperts extends MultiTask {
  readonly experts: MultilayerPerceptron[]
  readonly gates: Gate[]

  constructor(spec: TableSpec, options: MultiTaskOptions) {
    super(spec, options, options.shared.at(-1)!)
    const inputs = flatWidth(spec, options)
    this.experts = Array.from({ length: options.experts }, () => perceptron(inputs, options.shared))
    this.gates = spec.targets.map(() => new Gate(inputs, options.gate, options.experts))
  }

  protected read(x: Tensor, mode: Mode): Tensor[] {
    const answers = this.experts.map(expert => expert.forward(x, mode))
    return this.gates.map(gate => gate.mix(x, answers, mode))
  }
}

/** One level: experts of each step and shared ones; a step mixes its own and the shared, the shared path mixes all. */
class ExtractionLevel extends Module {
  readonly specific: MultilayerPerceptron[][]
  readonly shared: MultilayerPerceptron[]
  readonly gates: Gate[]
  readonly sharedGate?: Gate

  constructor(inputs: number, steps: number, last: boolean, { shared, experts, gate }: MultiTaskOptions) {
    super()
    const some = () => Array.from({ length: experts }, () => perceptron(inputs, shared))
    this.specific = Array.from({ length: steps }, some)
    this.shared = some()
    this.gates = this.specific.map(() => new Gate(inputs, gate, 2 * experts))
    if (!last) this.sharedGate = new Gate(inputs, gate, (steps + 1) * experts)
  }

  /** The inputs of every step and of the shared path, to the same. */
  forward(inputs: readonly Tensor[], mode: Mode): Tensor[] {
    const common = inputs.at(-1)!
    const shared = this.shared.map(expert => expert.forward(common, mode))
    const specific = this.specific.map((own, t) => own.map(expert => expert.forward(inputs[t]!, mode)))
    const mixed = this.gates.map((gate, t) => gate.mix(inputs[t]!, [...specific[t]!, ...shared], mode))
    return this.sharedGate ? [...mixed, this.sharedGate.mix(common, [...specific.flat(), ...shared], mode)] : mixed
  }
}

/** Progressive layered extraction (Tang et al. 2020), two levels. */
export class LayeredExtraction extends MultiTask {
  readonly levels: ExtractionLevel[]

  constructor(spec: TableSpec, options: MultiTaskOptions) {
    super(spec, options, options.shared.at(-1)!)
    const steps = spec.targets.length
    this.levels = [
      new ExtractionLevel(flatWidth(spec, options), steps, false, options),
      new ExtractionLevel(options.shared.at(-1)!, steps, true, options),
    ]
  }

  protected read(x: Tensor, mode: Mode): Tensor[] {
    const start: Tensor[] = [...this.towers.map(() => x), x]
    return this.levels.reduce((inputs, level) => level.forward(inputs, mode), start)
  }
}

/** What a chance that rises from a step to the next costs. */
const risingCost = 0.6

/** What a step is told and what it finds itself attend to each other, by maps h1, h2, h3 without biases. */
class TransferAttention extends Module {
  readonly first: Linear
  readonly second: Linear
  readonly third: Linear

  constructor(private readonly width: number) {
    super()
    const map = () => new Linear(width, width, { ...fanInLinear(width), bias: false })
    this.first = map()
    this.second = map()
    this.third = map()
  }

  /** z = sum_u softmax_u(<h1 u, h2 u> / sqrt k) h3 u, u being what is told and what is found: [B, width] each. */
  forward(told: Tensor, found: Tensor): Tensor {
    const both = stack([told, found], 1)
    const agreement = this.first.forward(both).mul(this.second.forward(both)).sum(2, { keep: true })
    const shares = agreement.mul(1 / Math.sqrt(this.width)).softmax(1)
    return shares.mul(this.third.forward(both)).sum(1)
  }
}

/**
 * A network a step, each also told by the step before it, relu(W z) of what that one made (AITM, Xi et al. 2021); the attention
 * is one for all steps, as in the authors' code. Chances that rise along the chain are charged for.
 */
export class InformationTransfer extends MultiTask {
  readonly bottoms: MultilayerPerceptron[]
  readonly transfers: Linear[]
  readonly attention: TransferAttention

  constructor(spec: TableSpec, options: MultiTaskOptions) {
    const width = options.shared.at(-1)!
    super(spec, options, width)
    this.bottoms = spec.targets.map(() => perceptron(flatWidth(spec, options), options.shared))
    this.transfers = spec.targets.slice(1).map(() => new Linear(width, width, fanInLinear(width)))
    this.attention = new TransferAttention(width)
  }

  protected read(x: Tensor, mode: Mode): Tensor[] {
    const made: Tensor[] = []
    for (const [t, bottom] of this.bottoms.entries()) {
      const found = bottom.forward(x, mode)
      const told = this.transfers[t - 1]?.forward(made[t - 1]!).relu()
      made.push(told ? this.attention.forward(told, found) : found)
    }
    return made
  }

  override forward(batch: TableBatch, mode: Mode): Tensor {
    const logits = super.forward(batch, mode)
    const steps = logits.shape[1] as number
    if (mode.training && steps > 1) {
      const chances = logits.sigmoid()
      const rise = chances.slice(1, 1, steps).sub(chances.slice(1, 0, steps - 1))
      mode.addLoss(rise.relu().mean(0).sum().mul(risingCost))
    }
    return logits
  }
}
