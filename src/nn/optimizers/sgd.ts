import type { Chunk, Parameter, Tensor } from '../../engine/index.ts'
import { Optimizer, type ParameterGroup } from './optimizer.ts'

/** Gradient descent, with heavy-ball momentum where asked for: b = momentum b + g, w -= rate b (PyTorch's form). */
export class Sgd extends Optimizer {
  constructor(
    groups: readonly ParameterGroup[],
    private readonly momentum = 0,
  ) {
    super(groups, momentum === 0 ? [] : ['momentum'])
  }

  protected *move(chunk: Chunk, gradient: Tensor, learningRate: Tensor): Iterable<readonly [Parameter, Tensor]> {
    const { momentum } = chunk.slots
    const direction = momentum ? momentum.mul(this.momentum).add(gradient) : gradient
    yield [chunk.values, chunk.values.sub(direction.mul(learningRate))]
    if (momentum) yield [momentum, direction]
  }
}
