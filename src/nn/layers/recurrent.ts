import { constant, Parameter, scan, type Tensor } from '../../engine/index.ts'
import { uniform } from '../initializers.ts'
import { Module } from '../module.ts'

export interface RecurrentOptions {
  /** From the last element of the sequence to the first. Default false. */
  reverse?: boolean
}

/** Weights of a recurrent layer in PyTorch's layout: the gates' rows one block after the other. */
abstract class Recurrent extends Module {
  /** [gates * width, inputs], PyTorch's `weight_ih`. */
  readonly inputWeight: Parameter
  /** [gates * width, width], `weight_hh`. */
  readonly stateWeight: Parameter
  /** [gates * width], `bias_ih`. */
  readonly inputBias: Parameter
  /** [gates * width], `bias_hh`. */
  readonly stateBias: Parameter

  constructor(
    inputs: number,
    readonly width: number,
    gates: number,
    protected readonly reverse: boolean,
  ) {
    super()
    const initialize = uniform(1 / Math.sqrt(width))
    this.inputWeight = new Parameter([gates * width, inputs], initialize)
    this.stateWeight = new Parameter([gates * width, width], initialize)
    this.inputBias = new Parameter([gates * width], initialize)
    this.stateBias = new Parameter([gates * width], initialize)
  }

  /** Zeros [batch, width] for a sequence [batch, length, inputs]. */
  protected start(x: Tensor): Tensor {
    return constant(0, [], x.dtype).expand([x.shape[0]!, this.width], [x])
  }

  /** The part of `gates` [..., gates * width] that belongs to one gate. */
  protected gate(gates: Tensor, index: number): Tensor {
    return gates.slice(-1, index * this.width, (index + 1) * this.width)
  }
}

/** Long short-term memory (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell, output. */
export class Lstm extends Recurrent {
  constructor(inputs: number, width: number, { reverse = false }: RecurrentOptions = {}) {
    super(inputs, width, 4, reverse)
  }

  /** A sequence [batch, length, inputs] to every h [batch, length, width], and the last h and c [batch, width]. */
  forward(x: Tensor, initial: readonly [h: Tensor, c: Tensor] = [this.start(x), this.start(x)]) {
    const given = x.linear(this.inputWeight, this.inputBias.add(this.stateBias))
    const { states, outputs } = scan(
      ([h, c], [slice]) => {
        const gates = slice!.add(h!.linear(this.stateWeight))
        const [input, forget, output] = [0, 1, 3].map(i => this.gate(gates, i).sigmoid()) as [Tensor, Tensor, Tensor]
        const nextC = forget.mul(c!).add(input.mul(this.gate(gates, 2).tanh()))
        const nextH = output.mul(nextC.tanh())
        return { states: [nextH, nextC], outputs: [nextH] }
      },
      { initial, inputs: [given], axis: 1, reverse: this.reverse },
    )
    return { outputs: outputs[0]!, h: states[0]!, c: states[1]! }
  }
}

/** Gated recurrent unit (Cho et al. 2014), gates in the order reset, update, new; reset after the product, as in PyTorch. */
export class Gru extends Recurrent {
  constructor(inputs: number, width: number, { reverse = false }: RecurrentOptions = {}) {
    super(inputs, width, 3, reverse)
  }

  /** A sequence [batch, length, inputs] to every h [batch, length, width], and the last h [batch, width]. */
  forward(x: Tensor, initial: Tensor = this.start(x)) {
    const given = x.linear(this.inputWeight, this.inputBias)
    const { states, outputs } = scan(
      ([h], [slice]) => {
        const own = h!.linear(this.stateWeight, this.stateBias)
        const [reset, update] = [0, 1].map(i => this.gate(slice!, i).add(this.gate(own, i)).sigmoid()) as [
          Tensor,
          Tensor,
        ]
        const fresh = this.gate(slice!, 2)
          .add(reset.mul(this.gate(own, 2)))
          .tanh()
        const next = fresh.add(update.mul(h!.sub(fresh)))
        return { states: [next], outputs: [next] }
      },
      { initial: [initial], inputs: [given], axis: 1, reverse: this.reverse },
    )
    return { outputs: outputs[0]!, h: states[0]! }
  }
}
