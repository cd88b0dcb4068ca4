import { concat, type Tensor } from '../../engine/index.ts'
import { Module } from '../module.ts'
import { fanInLinear, Linear } from './linear.ts'
import { Prelu } from './prelu.ts'

export interface TargetAttentionOptions {
  /** Widths of the hidden layers, each with a parametric ReLU. */
  hidden: readonly number[]
  /** Width of a third part beside behaviour and target, such as a query; 0 for none. */
  context?: number
}

/**
 * How much each behaviour counts for a target (Zhou et al. 2018, section 4.3): a perceptron of [target, behaviour,
 * target - behaviour, target * behaviour], without softmax, so that the strength of an interest is kept.
 */
export class TargetAttention extends Module {
  readonly layers: Linear[]
  readonly activations: Prelu[]
  readonly output: Linear

  constructor(width: number, { hidden, context = 0 }: TargetAttentionOptions) {
    super()
    const widths = [4 * width + context, ...hidden]
    this.layers = hidden.map((units, i) => new Linear(widths[i]!, units, fanInLinear(widths[i]!)))
    this.activations = hidden.map(units => new Prelu(units, 0.1))
    this.output = new Linear(widths.at(-1)!, 1, fanInLinear(widths.at(-1)!))
  }

  /**
   * Behaviours [B, L, width], target [B, width], mask [B, L] of ones where a behaviour is, context [B, context] to the
   * behaviours added up by their weights: [B, width]. The weights [B, L] are named `targetAttention`.
   */
  forward(behaviours: Tensor, target: Tensor, mask: Tensor, context?: Tensor): Tensor {
    const each = (x: Tensor) => besideEach(x, behaviours)
    const aim = each(target)
    const parts = [aim, behaviours, aim.sub(behaviours), aim.mul(behaviours), ...(context ? [each(context)] : [])]
    const hidden = this.layers.reduce((x, layer, i) => this.activations[i]!.forward(layer.forward(x)), concat(parts, 2))
    const weights = this.output.forward(hidden).squeeze(2).mul(mask).named('targetAttention')
    return weights.unsqueeze(2).mul(behaviours).sum(1)
  }
}

/** A row's vector [B, width] at each place of its sequence [B, L, ...]: [B, L, width]. */
export function besideEach(vector: Tensor, sequence: Tensor): Tensor {
  const places = sequence.slice(2, 0, 1).mul(0).add(1).stopGradient()
  return vector.unsqueeze(1).mul(places)
}
