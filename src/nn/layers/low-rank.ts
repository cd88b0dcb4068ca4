import { concat, type Tensor } from '../../engine/index.ts'
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
    return withLowRanks(x, y, [{ adapter: this, scale }])
  }
}

/** A low-rank adapter, and how much it acts: one number for all rows, or [B], one a row. */
export interface ScaledAdapter {
  adapter: LowRankAdapter
  scale: Tensor | number
}

/**
 * y and what adapters of one host add to it: y + sum_i scale_i (alpha_i / rank_i) up_i(down_i(x)), computed as one adapter of
 * the sum of their ranks. Scales act where they cost least: one of all rows on down's weights, one a row between down and up.
 */
export function withLowRanks(x: Tensor, y: Tensor, parts: readonly ScaledAdapter[]): Tensor {
  const uniform = parts.filter(({ scale }) => !isPerRow(scale))
  const perRow = parts.filter(({ scale }) => isPerRow(scale))
  let sum = y
  if (uniform.length > 0) sum = sum.add(uniformSum(x, uniform))
  if (perRow.length > 0) sum = sum.add(perRowSum(x, perRow as readonly PerRow[]))
  return sum
}

type PerRow = ScaledAdapter & { scale: Tensor }

const isPerRow = (scale: Tensor | number): boolean => typeof scale !== 'number' && scale.rank > 0

function uniformSum(x: Tensor, parts: readonly ScaledAdapter[]): Tensor {
  const downs = parts.map(({ adapter: { down, alpha, rank }, scale }) => {
    const factor = times(scale, alpha / rank)
    return factor === 1 ? down.weight : down.weight.mul(factor)
  })
  return raised(parts, lowered(x, parts, downs))
}

function perRowSum(x: Tensor, parts: readonly PerRow[]): Tensor {
  const downs = parts.map(({ adapter }) => adapter.down.weight)
  const columns = parts.flatMap(({ adapter: { alpha, rank }, scale }) =>
    Array<Tensor>(rank).fill(times(scale, alpha / rank).unsqueeze(1)),
  )
  const hidden = lowered(x, parts, downs)
  const [first] = parts
  const spatial = first!.adapter.down instanceof Convolution
  const between = Array.from({ length: hidden.rank - 2 }, (_, i) => i + (spatial ? 2 : 1))
  return raised(parts, hidden.mul(joined(columns, 1).unsqueeze(between)))
}

/** All `down` at once: x to the sum of the ranks. */
function lowered(x: Tensor, [first]: readonly ScaledAdapter[], weights: readonly Tensor[]): Tensor {
  return applied(first!.adapter.down, x, joined(weights, 0))
}

/** All `up` at once. */
function raised(parts: readonly ScaledAdapter[], hidden: Tensor): Tensor {
  const weights = parts.map(({ adapter }) => adapter.up.weight)
  return applied(parts[0]!.adapter.up, hidden, joined(weights, 1))
}

const applied = (layer: AdapterHost, x: Tensor, weight: Tensor): Tensor =>
  layer instanceof Convolution ? x.conv(weight, undefined, layer.options) : x.linear(weight)

const joined = (tensors: readonly Tensor[], axis: number): Tensor =>
  tensors.length === 1 ? tensors[0]! : concat(tensors, axis)

function times(scale: Tensor, factor: number): Tensor
function times(scale: Tensor | number, factor: number): Tensor | number
function times(scale: Tensor | number, factor: number): Tensor | number {
  if (typeof scale === 'number') return scale * factor
  return factor === 1 ? scale : scale.mul(factor)
}

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
