import { Parameter, type Tensor } from '../../engine/index.ts'
import { ones } from '../initializers.ts'
import { Module } from '../module.ts'

/** Divides the last axis by its root mean square, then scales it (Zhang and Sennrich 2019). */
export class RmsNorm extends Module {
  readonly weight: Parameter

  constructor(
    width: number,
    private readonly epsilon = 1e-6,
  ) {
    super()
    this.weight = new Parameter([width], ones)
  }

  forward(x: Tensor): Tensor {
    return x.rmsNorm(this.weight, this.epsilon)
  }
}
