import type { Tensor } from '../../engine/index.ts'
import { Optimizer, perStep, type Movable, type ParameterGroup } from './optimizer.ts'

export interface AdamOptions {
  beta1?: number
  beta2?: number
  epsilon?: number
  /** Decoupled decay per step, as a fraction of the learning rate (AdamW, Loshchilov and Hutter 2019). */
  weightDecay?: number
}

/** Adam (Kingma and Ba 2015, algorithm 1), dense: the moments of every element move each step. */
export class Adam extends Optimizer {
  private readonly settings: Required<AdamOptions>
  private readonly corrections: Tensor

  constructor(groups: readonly ParameterGroup[], options: AdamOptions = {}) {
    super(groups, ['firstMoment', 'secondMoment'])
    this.settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, ...options }
    const { beta1, beta2 } = this.settings
    this.corrections = perStep('AdamCorrections', 2, t => [1 / (1 - beta1 ** t), 1 / Math.sqrt(1 - beta2 ** t)])
  }

  protected *move(now: Movable, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Tensor, Tensor]> {
    const { beta1, beta2, epsilon, weightDecay } = this.settings
    const { firstMoment, secondMoment } = now.slots as { firstMoment: Tensor; secondMoment: Tensor }
    const [first, second] = [this.corrections.at(0), this.corrections.at(1)]
    const m = firstMoment.mul(beta1).add(gradient.mul(1 - beta1))
    const v = secondMoment.mul(beta2).add(gradient.mul(gradient).mul(1 - beta2))
    const denominator = v.sqrt().mul(second).add(epsilon)
    const kept: Tensor = weightDecay === 0 ? now.values : now.values.mul(learningRate.mul(-weightDecay).add(1))
    yield [now.values, kept.sub(m.div(denominator).mul(learningRate.mul(first)))]
    yield [firstMoment, m]
    yield [secondMoment, v]
  }
}
