import type { Tensor } from '../../engine/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { fanInUniform, zeros } from '../initializers.ts'
import { Module } from '../module.ts'
import { Convolution } from './convolution.ts'
import { Linear } from './linear.ts'

/** A layer that low-rank adapters sit on. */
export type AdapterHost = Linear | Convolution

/**
 * A low-rank adapter: y + scale (alpha / rank) up(down(x)) beside a linear layer or a convolution (Hu et al. 2022). `down`
 * is [rank, inputs, ...kernel] with the host's stride and padding, `up` [outputs, rank, 1 ...]: zeros at first, so that
 * the host answers as it did.
 */
export class LowRankAdapter extends Module {
  readonly down: AdapterHost
  readonly up: AdapterHost

  constructor(
    host: AdapterHost,
    readonly rank = 1,
    readonly alpha = rank,
  ) {
    super()
    const [outputs, inputs, ...kernel] = host.weight.shape as [number, number, ...number[]]
    const [first, last] = [
      { bias: false, initialize: fanInUniform },
      { bias: false, initialize: zeros },
    ]
    if (host instanceof Convolution) {
      if ((host.options.groups ?? 1) > 1)
        throw new InterplayError('shape/mismatch', 'a convolution in groups carries no low-rank adapter')
      this.down = new Convolution(inputs, rank, kernel, { ...first, ...host.options })
      this.up = new Convolution(
        rank,
        outputs,
        kernel.map(() => 1),
        last,
      )
    } else {
      this.down = new Linear(inputs, rank, first)
      this.up = new Linear(rank, outputs, last)
    }
  }

  /** `scale` is one number for all rows, or [B], one a row. */
  forward(x: Tensor, y: Tensor, scale: Tensor | number = 1): Tensor {
    const added = this.up.forward(this.down.forward(x))
    const perRow = typeof scale === 'number' || scale.rank === 0 ? scale : scale.unsqueeze(axesAfterFirst(y))
    const strength = this.alpha / this.rank
    return y.add(added.mul(strength === 1 ? perRow : times(perRow, strength)))
  }
}

const axesAfterFirst = ({ rank }: Tensor): number[] => Array.from({ length: rank - 1 }, (_, axis) => axis + 1)

const times = (scale: Tensor | number, factor: number): Tensor | number =>
  typeof scale === 'number' ? scale * factor : scale.mul(factor)

/**
 * Adds factor * up down, as a weight of the host's shape, to `weight`: what the adapter does to its host, merged into it.
 * `up` is [outputs, rank, ...], `down` [rank, inputs, ...kernel]. The sum is taken in float64.
 */
export function addLowRank(
  weight: Float32Array,
  { down, up, rank }: { down: ArrayLike<number>; up: ArrayLike<number>; rank: number },
  factor: number,
): Float32Array {
  const width = down.length / rank
  return weight.map((value, at) => {
    const [output, input] = [Math.floor(at / width), at % width]
    let product = 0
    for (let r = 0; r < rank; r++) product += up[output * rank + r]! * down[r * width + input]!
    return value + factor * product
  })
}
