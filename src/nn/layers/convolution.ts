import { Parameter, type ConvOptions, type Initializer, type Tensor } from '../../engine/index.ts'
import { fanInUniform, uniform } from '../initializers.ts'
import { Module } from '../module.ts'
import { adapted } from './adapters.ts'

export interface ConvolutionOptions extends ConvOptions {
  bias?: boolean
  initialize?: Initializer
}

/** Convolution of [N, inputs, ...spatial] to [N, outputs, ...windows]; `weight` is [outputs, inputs / groups, ...kernel]. */
export class Convolution extends Module {
  readonly weight: Parameter
  readonly bias?: Parameter
  readonly options: ConvOptions

  constructor(
    inputs: number,
    outputs: number,
    kernel: readonly number[],
    { bias = true, initialize = fanInUniform, ...options }: ConvolutionOptions = {},
  ) {
    super()
    const width = inputs / (options.groups ?? 1)
    this.options = options
    this.weight = new Parameter([outputs, width, ...kernel], initialize)
    const fanIn = kernel.reduce((product, extent) => product * extent, width)
    if (bias) this.bias = new Parameter([outputs], uniform(1 / Math.sqrt(fanIn)))
  }

  forward(x: Tensor): Tensor {
    return adapted(this, x, x.conv(this.weight, this.bias, this.options))
  }
}
