import { randomUniform, type Parameter, type Shape, type Tensor } from '../engine/index.ts'

/**
 * How a model is run: an argument of `forward`, never a global. A training mode collects what a pass changes beside the
 * parameters (running statistics), for the program's updates, and numbers the streams of randomness.
 */
export class Mode {
  readonly updates = new Map<Parameter, Tensor>()
  private readonly losses: Tensor[] = []
  private streams = 0

  private constructor(readonly training: boolean) {}

  static training(): Mode {
    return new Mode(true)
  }

  static evaluation(): Mode {
    return new Mode(false)
  }

  /** The buffer's value after this step. */
  update(buffer: Parameter, value: Tensor): void {
    this.updates.set(buffer, value)
  }

  /** A weighed scalar that this pass adds to what is minimised, beside the loss of its answers. */
  addLoss(loss: Tensor): void {
    this.losses.push(loss)
  }

  /** The loss of the answers with all that the pass added. */
  objective(loss: Tensor): Tensor {
    return this.losses.reduce((total, added) => total.add(added), loss)
  }

  /** Uniform numbers in [0, 1) of this shape, drawn anew every step. */
  uniform(shape: Shape): Tensor {
    return randomUniform(shape, `uniform.${this.streams++}`)
  }

  /** `x` with elements dropped at this rate while training. */
  dropout(x: Tensor, rate: number): Tensor {
    return this.training && rate > 0 ? x.dropout(rate, `dropout.${this.streams++}`) : x
  }

  /** `x` [B, ...] with whole items dropped at this rate while training (stochastic depth). */
  dropPath(x: Tensor, rate: number): Tensor {
    if (!this.training || rate === 0) return x
    const first = Array.from({ length: x.rank - 1 }, (_, i) => i + 1).reduce((part, axis) => part.slice(axis, 0, 1), x)
    return x.mul(this.dropout(first.stopGradient().mul(0).add(1), rate))
  }
}
