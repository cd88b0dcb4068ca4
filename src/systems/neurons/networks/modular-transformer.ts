import { int32, Parameter, type ParameterOptions, type State, type Tensor } from '../../../engine/index.ts'
import { initializers, Linear, Module, multiHeadAttention } from '../../../nn/index.ts'
import type { Network } from '../../../system/index.ts'

export interface ModularTransformerOptions {
  modulus: number
  width: number
  heads: number
  /** Width of the hidden layer. */
  hidden: number
  /** Default: one for each number. */
  classes?: number
  dtype?: ParameterOptions['dtype']
}

/**
 * A transformer of one layer without normalisation, of which the answer at the equals sign is asked (Nanda et al. 2023): its
 * weights start normal with deviation 0.8 / sqrt(width), its biases at 0.
 */
export class ModularTransformer extends Module {
  readonly embedding: Parameter
  readonly positions: Parameter
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  readonly hidden: Linear
  readonly back: Linear
  readonly unembedding: Linear
  private readonly heads: number

  constructor({ modulus, width, heads, hidden, classes = modulus, dtype }: ModularTransformerOptions) {
    super()
    const initialize = initializers.normal(0.8 / Math.sqrt(width))
    const linear = (inputs: number, outputs: number) => new Linear(inputs, outputs, { initialize, dtype })
    this.heads = heads
    this.embedding = new Parameter([modulus + 1, width], initialize, { dtype })
    this.positions = new Parameter([3, width], initialize, { dtype })
    this.query = linear(width, width)
    this.key = linear(width, width)
    this.value = linear(width, width)
    this.output = linear(width, width)
    this.hidden = linear(width, hidden)
    this.back = linear(hidden, width)
    this.unembedding = linear(width, classes)
  }

  /** tokens int32 [batch, 3] -> logits [batch, classes]; the stream is named 'embedded', 'attended' and 'mixed'. */
  forward(tokens: Tensor): Tensor {
    const embedded = this.embedding.lookup(tokens).add(this.positions).named('embedded')
    const last = embedded.slice(1, 2, 3)
    const heard = multiHeadAttention(
      this.query.forward(last),
      this.key.forward(embedded),
      this.value.forward(embedded),
      { heads: this.heads },
    )
    const attended = last.add(this.output.forward(heard)).squeeze(1).named('attended')
    const mixed = attended.add(this.back.forward(this.hidden.forward(attended).relu())).named('mixed')
    return this.unembedding.forward(mixed)
  }
}

/** The transformer as a network to be looked into, cut where its stream is whole. */
export const modularNetwork = (name: string, model: ModularTransformer, state: State): Network => ({
  name,
  inputs: { tokens: int32(['batch', 3]) },
  state,
  trace: ({ tokens }) => ({ logits: model.forward(tokens!) }),
  layers: ['embedded', 'attended', 'mixed'],
})
