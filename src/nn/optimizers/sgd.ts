import type { Tensor } from '../../engine/index.ts'
import { Optimizer, type Movable, type ParameterGroup } from './optimizer.ts'

/** Gradient descent, with heavy-ball momentum where asked for: b = momentum b + g, w -= rate b (PyTorch's form). */
export class Sgd extends Optimizer {
  constructor(
    groups: readonly ParameterGroup[],
    private readonly momentum = 0,
  ) {
    super(groups, momentum === 0 ? [] : ['momentum'])
  }

  protected *move(now: Movable, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Tensor, Tensor]> {
    const { momentum } = now.slots
    const direction = momentum ? momentum.mul(this.momentum).add(gradient) : gradient
    yield [now.values, now.values.sub(direction.mul(learningRate))]
    if (momentum) yield [momentum, direction]
  }
}
