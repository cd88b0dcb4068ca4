import type { Tensor } from '../../engine/index.ts'
import type { Mode } from '../mode.ts'
import { Module } from '../module.ts'
import { Linear, type LinearOptions } from './linear.ts'
import { BatchNorm, LayerNorm } from './normalization.ts'

export const activations = {
  relu: (x: Tensor) => x.relu(),
  sigmoid: (x: Tensor) => x.sigmoid(),
  tanh: (x: Tensor) => x.tanh(),
  gelu: (x: Tensor) => x.gelu(),
  silu: (x: Tensor) => x.silu(),
  leakyRelu: (x: Tensor) => x.leakyRelu(),
  identity: (x: Tensor) => x,
} as const

export type Activation = keyof typeof activations

export interface MultilayerPerceptronOptions {
  activation?: Activation
  batchNorm?: boolean
  /** Normalises each row of a hidden layer by itself. Default false. */
  layerNorm?: boolean
  /** One rate, or one a layer. */
  dropout?: number | readonly number[]
  /** Width of a last linear layer without activation; none where left out. */
  outputs?: number
  /** How a linear layer of so many inputs starts. */
  start?: (inputs: number) => LinearOptions
}

/** One hidden layer: linear, a norm where asked for, activation, dropout. */
class HiddenLayer extends Module {
  readonly linear: Linear
  readonly norm?: BatchNorm | LayerNorm

  constructor(
    inputs: number,
    width: number,
    private readonly activation: Activation,
    private readonly dropout: number,
    norm?: BatchNorm | LayerNorm,
    start?: LinearOptions,
  ) {
    super()
    this.linear = new Linear(inputs, width, start)
    if (norm) this.norm = norm
  }

  forward(x: Tensor, mode: Mode): Tensor {
    return this.finish(this.normalized(x, mode), mode)
  }

  private normalized(x: Tensor, mode: Mode): Tensor {
    if (this.norm instanceof BatchNorm) return this.norm.forwardAfter(this.linear, x, mode)
    const z = this.linear.forward(x)
    return this.norm?.forward(z) ?? z
  }

  /** Activation and dropout of what the linear map, normalised where asked for, gives. */
  finish(z: Tensor, mode: Mode): Tensor {
    return mode.dropout(activations[this.activation](z), this.dropout)
  }
}

/** Fully connected layers over the last axis: [N, inputs] -> [N, last width]. */
export class MultilayerPerceptron extends Module {
  readonly layers: HiddenLayer[]
  readonly output?: Linear
  /** Width of what `forward` returns. */
  readonly width: number

  constructor(
    inputs: number,
    hidden: readonly number[],
    {
      activation = 'relu',
      batchNorm = false,
      layerNorm = false,
      dropout = 0,
      outputs,
      start,
    }: MultilayerPerceptronOptions = {},
  ) {
    super()
    const widths = [inputs, ...hidden]
    this.layers = hidden.map((width, i) => {
      const rate = typeof dropout === 'number' ? dropout : (dropout[i] ?? 0)
      const norm = batchNorm ? new BatchNorm(width) : layerNorm ? new LayerNorm(width) : undefined
      return new HiddenLayer(widths[i]!, width, activation, rate, norm, start?.(widths[i]!))
    })
    const last = widths.at(-1)!
    if (outputs !== undefined) this.output = new Linear(last, outputs, start?.(last))
    this.width = outputs ?? last
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const hidden = this.hidden(x, mode)
    return this.output?.forward(hidden) ?? hidden
  }

  /** What the last hidden layer answers, before the linear output. */
  hidden(x: Tensor, mode: Mode): Tensor {
    return this.layers.reduce((h, layer) => layer.forward(h, mode), x)
  }
}
