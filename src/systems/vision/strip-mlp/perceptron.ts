import type { Tensor } from '../../../engine/index.ts'
import { BatchNorm, countParameters, fanInLinear, Linear, Module, type Mode } from '../../../nn/index.ts'
import { TokenMixing, type TokenMixer, type TokenOptions } from './tokens.ts'

/**
 * One perceptron over all tokens, the same for every channel (MLP-Mixer, Tolstikhin et al. 2021, equation 1): what strips are
 * compared with. Its hidden layer is as wide as makes it as large as the strips of the same map.
 */
export class TokenPerceptron extends Module implements TokenMixer {
  readonly norm: BatchNorm
  readonly hidden: Linear
  readonly output: Linear

  constructor({ channels, size, ...options }: TokenOptions) {
    super()
    const tokens = size ** 2
    const strips = new TokenMixing({ channels, size, ...options, mixing: 'both' })
    const width = Math.max(1, Math.round((countParameters(strips) - 2 * channels - tokens) / (2 * tokens + 1)))
    this.norm = new BatchNorm(channels)
    this.hidden = new Linear(tokens, width, fanInLinear(tokens))
    this.output = new Linear(width, tokens, fanInLinear(width))
  }

  forward(x: Tensor, mode: Mode): Tensor {
    const tokens = this.norm.forward(x, mode).flatten(2)
    return this.output.forward(this.hidden.forward(tokens).gelu()).reshape(x.shape)
  }
}
