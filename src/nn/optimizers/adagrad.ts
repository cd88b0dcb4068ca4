import type { Chunk, Parameter, Tensor } from '../../engine/index.ts'
import { Optimizer, type ParameterGroup } from './optimizer.ts'

/** Adagrad (Duchi et al. 2011): each element's rate falls with the sum of its squared gradients. */
export class Adagrad extends Optimizer {
  constructor(
    groups: readonly ParameterGroup[],
    private readonly epsilon = 1e-10,
  ) {
    super(groups, ['sum'])
  }

  protected *move(chunk: Chunk, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Parameter, Tensor]> {
    const sum = chunk.slots.sum!.add(gradient.mul(gradient))
    yield [chunk.values, chunk.values.sub(gradient.div(sum.sqrt().add(this.epsilon)).mul(learningRate))]
    yield [chunk.slots.sum!, sum]
  }
}
