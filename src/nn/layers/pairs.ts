import type { Tensor } from '../../engine/index.ts'
import type { Mode } from '../mode.ts'
import { MultilayerPerceptron, type MultilayerPerceptronOptions } from './mlp.ts'

export interface PairPerceptronOptions extends Omit<MultilayerPerceptronOptions, 'batchNorm'> {
  /** Width of an item. */
  items: number
  /** Width of what is known of a pair beside its items. */
  pair: number
}

/**
 * A perceptron of [x_i, x_j, p_ij] for every ordered pair: items [B, N, items] and pairs [B, N, N, pair] to [B, N, N,
 * width]. The first layer maps an item once, not once a pair.
 */
export class PairPerceptron extends MultilayerPerceptron {
  private readonly items: number

  constructor(hidden: readonly number[], { items, pair, ...options }: PairPerceptronOptions) {
    super(2 * items + pair, hidden, options)
    this.items = items
  }

  pairs(items: Tensor, pairs: Tensor, mode: Mode): Tensor {
    const [first, ...rest] = this.layers
    const { weight, bias } = first!.linear
    const columns = (start: number, end?: number) => weight.slice(1, start, end)
    const own = items.linear(columns(0, this.items), bias).unsqueeze(2)
    const other = items.linear(columns(this.items, 2 * this.items)).unsqueeze(1)
    const known = pairs.linear(columns(2 * this.items))
    const hidden = rest.reduce((h, layer) => layer.forward(h, mode), first!.finish(own.add(other).add(known), mode))
    return this.output?.forward(hidden) ?? hidden
  }
}
