import { concat, Parameter, type Tensor } from '../../../engine/index.ts'
import {
  besideEach,
  fanInLinear,
  initializers,
  Linear,
  Module,
  MultilayerPerceptron,
  type Mode,
} from '../../../nn/index.ts'

/** How experts are weighed: `attention` is the paper's; the others are its ablations and the mixtures it is held against. */
export const gates = ['attention', 'unweighted', 'scalar', 'softmax', 'candidate', 'none'] as const

/** What a gate reads of a batch. */
export interface GateInputs {
  /** [batch, length, width] hidden behaviours, and [batch, length] ones where a behaviour is. */
  behaviours: Tensor
  mask: Tensor
  /** [batch, width] the query, or the candidate where there is none. */
  key: Tensor
  target: Tensor
  impression: Tensor
}

export interface Gate extends Module {
  /** [batch, experts] */
  forward(inputs: GateInputs, mode: Mode): Tensor
}

export interface BehaviourGateOptions {
  kind: 'attention' | 'unweighted' | 'scalar'
  width: number
  experts: number
  hidden: number[]
  /** Divides by the square root of the number of behaviours. */
  lengthNorm: boolean
}

/**
 * g = sum_i w_i U_i + g_0 over behaviours: a gate unit U says what a behaviour has to do with each expert, an activation
 * unit w how much it counts beside the key. No softmax: g may be negative, or above 1. `unweighted` has w = 1; in `scalar`
 * U is one learned vector for all behaviours.
 */
export class BehaviourGate extends Module implements Gate {
  readonly unit: MultilayerPerceptron | Parameter
  readonly activation?: MultilayerPerceptron
  /** g_0 [experts]: the gate of an empty history. */
  readonly start: Parameter

  constructor(private readonly options: BehaviourGateOptions) {
    super()
    const { kind, width, experts, hidden } = options
    this.unit =
      kind === 'scalar'
        ? new Parameter([experts], initializers.normal(0.1))
        : new MultilayerPerceptron(2 * width, hidden, { outputs: experts, start: fanInLinear })
    if (kind !== 'unweighted')
      this.activation = new MultilayerPerceptron(3 * width, hidden, { outputs: 1, start: fanInLinear })
    this.start = new Parameter([experts], initializers.fill(1 / experts))
  }

  forward(inputs: GateInputs, mode: Mode): Tensor {
    return this.contributions(inputs, mode).sum(1).add(this.start).named('gate')
  }

  /** [batch, length, experts]: what each behaviour adds to the gate; with the start they are all of it. */
  contributions({ behaviours, mask, key }: GateInputs, mode: Mode): Tensor {
    const beside = besideEach(key, behaviours)
    const said = this.unit instanceof Parameter ? this.unit : this.unit.forward(concat([behaviours, beside], 2), mode)
    const counted = this.weights(behaviours, beside, mask, mode)
    return counted.unsqueeze(2).mul(said).named('gateContributions')
  }

  private weights(behaviours: Tensor, beside: Tensor, mask: Tensor, mode: Mode): Tensor {
    const pair = concat([behaviours, beside, behaviours.mul(beside)], 2)
    const active = this.activation ? this.activation.forward(pair, mode).squeeze(2).sigmoid().mul(mask) : mask
    if (!this.options.lengthNorm) return active
    return active.div(mask.sum(1, { keep: true }).maximum(1).sqrt())
  }
}

/** softmax(W x): of all that the experts read, or of the candidate alone. */
export class SoftmaxGate extends Module implements Gate {
  readonly linear: Linear

  constructor(
    private readonly reads: 'impression' | 'target',
    width: number,
    experts: number,
  ) {
    super()
    this.linear = new Linear(width, experts, fanInLinear(width))
  }

  forward(inputs: GateInputs): Tensor {
    return this.linear.forward(inputs[this.reads]).softmax(-1).named('gate')
  }
}
