import { Parameter, type Tensor } from '../../engine/index.ts'
import { fill } from '../initializers.ts'
import { Module } from '../module.ts'

/** x where x > 0, else a learned slope times x: a slope a channel of the last axis (He et al. 2015). */
export class Prelu extends Module {
  readonly slope: Parameter

  constructor(channels: number, start = 0.25) {
    super()
    this.slope = new Parameter([channels], fill(start))
  }

  forward(x: Tensor): Tensor {
    return x.greater(0).where(x, x.mul(this.slope))
  }
}
