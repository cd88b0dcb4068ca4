import type { Tensor } from '../../engine/index.ts'
import { Optimizer, type Movable, type ParameterGroup } from './optimizer.ts'

/** Adagrad (Duchi et al. 2011): each element's rate falls with the sum of its squared gradients. */
export class Adagrad extends Optimizer {
  constructor(
    groups: readonly ParameterGroup[],
    private readonly epsilon = 1e-10,
  ) {
    super(groups, ['sum'])
  }

  protected *move(now: Movable, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Tensor, Tensor]> {
    const sum = now.slots.sum!.add(gradient.mul(gradient))
    yield [now.values, now.values.sub(gradient.div(sum.sqrt().add(this.epsilon)).mul(learningRate))]
    yield [now.slots.sum!, sum]
  }
}
