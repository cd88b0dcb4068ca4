import { Parameter, type Tensor, type Updates } from '../../engine/index.ts'
import { zeros } from '../initializers.ts'
import { Module } from '../module.ts'
import type { Optimizer, StepOptions } from './optimizer.ts'

/**
 * Gradients added up over micro-batches: one program `add`s a micro-batch (a partial update), another `step`s once they are
 * all in. It is the step on the mean loss of the whole batch, in the memory of one micro-batch.
 */
export class GradientAccumulation extends Module {
  private readonly sums: readonly Parameter[]
  private readonly weight = new Parameter([], zeros, { role: 'buffer' })

  constructor(private readonly optimizer: Optimizer) {
    super()
    this.sums = optimizer.chunks.map(({ values }) => new Parameter(values.shape, zeros, { role: 'buffer' }))
  }

  /** Adds the gradient of a micro-batch's loss, weighed by its rows or equally. */
  add(loss: Tensor, weight: Tensor | number = 1): Updates {
    const gradients = this.optimizer.gradients(loss)
    const sums = this.sums.map((sum, i): [Parameter, Tensor] => [sum, sum.add(gradients[i]!.mul(weight))])
    return [...sums, [this.weight, this.weight.add(weight)]]
  }

  /** Moves the parameters by what was added, and starts afresh. */
  step(options: StepOptions): Updates {
    const means = this.sums.map(sum => sum.div(this.weight))
    const cleared = [...this.sums, this.weight].map((sum): [Parameter, Tensor] => [sum, sum.zerosLike()])
    return [...this.optimizer.apply(means, [], options), ...cleared]
  }
}
