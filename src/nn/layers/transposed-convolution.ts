import { Parameter, type ConvTransposeOptions, type Initializer, type Tensor } from '../../engine/index.ts'
import { fanInUniform, uniform } from '../initializers.ts'
import { Module } from '../module.ts'

export interface TransposedConvolutionOptions extends ConvTransposeOptions {
  bias?: boolean
  initialize?: Initializer
}

/** Transposed convolution of [N, inputs, ...spatial]; `weight` is [inputs, outputs / groups, ...kernel], as in PyTorch. */
export class TransposedConvolution extends Module {
  readonly weight: Parameter
  readonly bias?: Parameter
  private readonly options: ConvTransposeOptions

  constructor(
    inputs: number,
    outputs: number,
    kernel: readonly number[],
    { bias = true, initialize = fanInUniform, ...options }: TransposedConvolutionOptions = {},
  ) {
    super()
    const width = outputs / (options.groups ?? 1)
    this.options = options
    this.weight = new Parameter([inputs, width, ...kernel], initialize)
    const fanIn = kernel.reduce((product, extent) => product * extent, width)
    if (bias) this.bias = new Parameter([outputs], uniform(1 / Math.sqrt(fanIn)))
  }

  forward(x: Tensor): Tensor {
    return x.convTranspose(this.weight, this.bias, this.options)
  }
}
