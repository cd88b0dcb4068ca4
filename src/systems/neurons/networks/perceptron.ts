import { float32, float64, State, type ParameterOptions, type Tensor } from '../../../engine/index.ts'
import { initializers, Linear, Module } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import type { Network, NetworkData } from '../../../system/index.ts'

export interface PerceptronOptions {
  /** Default `relu`; `none` makes it linear. */
  activation?: 'relu' | 'none'
  dtype?: NonNullable<ParameterOptions['dtype']>
}

/** Linear layers with units between them; what enters each is named `layer.0` and so on. */
export class Perceptron extends Module {
  readonly layers: readonly Linear[]
  private readonly activation
  readonly dtype

  constructor(
    readonly sizes: readonly number[],
    { activation = 'relu', dtype = 'float32' }: PerceptronOptions = {},
  ) {
    super()
    this.activation = activation
    this.dtype = dtype
    const initializeBias = initializers.normal(0.4)
    this.layers = sizes.slice(1).map((size, l) => new Linear(sizes[l]!, size, { dtype, initializeBias }))
  }

  /** [rows, inputs] -> [rows, outputs] */
  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer, l) => {
      const entering = l === 0 || this.activation === 'none' ? h : h.relu()
      return layer.forward(entering.named(`layer.${l}`))
    }, x)
  }
}

/** The perceptron as a network to be looked into, cut before every layer. */
export const perceptronNetwork = (name: string, model: Perceptron, state: State): Network => ({
  name,
  inputs: { x: (model.dtype === 'float64' ? float64 : float32)(['batch', model.sizes[0]!]) },
  state,
  trace: ({ x }) => ({ y: model.forward(x!) }),
  layers: model.layers.map((_, l) => `layer.${l}`),
})

/** A network with weights drawn at random, and normal data for it. */
export function drawn(
  sizes: readonly number[],
  { examples = 60, ...options }: PerceptronOptions & { examples?: number } = {},
): { network: Network; data: NetworkData; model: Perceptron; state: State } {
  const model = new Perceptron(sizes, options)
  const state = new State({ model }, 5)
  const random = new Random(6, 'drawn')
  const values = Float64Array.from({ length: examples * sizes[0]! }, () => random.normal() + 0.3)
  return { network: perceptronNetwork('drawn', model, state), data: perceptronData(model, values), model, state }
}

/** Rows of values as the perceptron takes them. */
export const perceptronData = ({ sizes, dtype }: Perceptron, values: Float64Array): NetworkData => ({
  inputs: {
    x: {
      dtype,
      dims: [values.length / sizes[0]!, sizes[0]!],
      data: dtype === 'float64' ? values : Float32Array.from(values),
    },
  },
})
