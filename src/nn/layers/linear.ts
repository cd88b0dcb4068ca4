import { Parameter, type Initializer, type ParameterOptions, type Tensor } from '../../engine/index.ts'
import { fanInUniform, uniform, xavierNormal, zeros } from '../initializers.ts'
import { Module } from '../module.ts'
import { adapted } from './adapters.ts'

export interface LinearOptions {
  bias?: boolean
  initialize?: Initializer
  initializeBias?: Initializer
  /** Default float32. */
  dtype?: ParameterOptions['dtype']
}

/** PyTorch's start of a linear layer: weights and biases uniform within 1 / sqrt(inputs). */
export const fanInLinear = (inputs: number): LinearOptions => ({
  initialize: fanInUniform,
  initializeBias: uniform(1 / Math.sqrt(inputs)),
})

/** x W^T + b over the last axis: [..., inputs] -> [..., outputs]; `weight` is [outputs, inputs]. */
export class Linear extends Module {
  readonly weight: Parameter
  readonly bias?: Parameter

  constructor(
    inputs: number,
    outputs: number,
    { bias = true, initialize = xavierNormal, initializeBias = zeros, dtype }: LinearOptions = {},
  ) {
    super()
    this.weight = new Parameter([outputs, inputs], initialize, { dtype })
    if (bias) this.bias = new Parameter([outputs], initializeBias, { dtype })
  }

  forward(x: Tensor): Tensor {
    return adapted(this, x, x.linear(this.weight, this.bias))
  }
}
