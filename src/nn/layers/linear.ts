import { Parameter, type Initializer, type Tensor } from '../../engine/index.ts'
import { xavierNormal, zeros } from '../initializers.ts'
import { Module } from '../module.ts'

export interface LinearOptions {
  bias?: boolean
  initialize?: Initializer
}

/** x W^T + b over the last axis: [..., inputs] -> [..., outputs]; `weight` is [outputs, inputs]. */
export class Linear extends Module {
  readonly weight: Parameter
  readonly bias?: Parameter

  constructor(inputs: number, outputs: number, { bias = true, initialize = xavierNormal }: LinearOptions = {}) {
    super()
    this.weight = new Parameter([outputs, inputs], initialize)
    if (bias) this.bias = new Parameter([outputs], zeros)
  }

  forward(x: Tensor): Tensor {
    return x.linear(this.weight, this.bias)
  }
}
