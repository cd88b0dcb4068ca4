import type { Parameter, State } from '../../../engine/index.ts'
import { dilations, kernel, type LightNet, type NetSize } from './net.ts'

const epsilon = 1e-5

/** A block with its norm folded in and the channels that were taken out gone. */
export interface FoldedBlock {
  dilation: number
  /** [channels, kernel] */
  depthwise: Float32Array
  /** The channels that are left. */
  kept: Int32Array
  /** [kept, channels] and [kept]. */
  weight: Float32Array
  bias: Float32Array
}

/** The network as plain numbers. */
export interface FoldedNet {
  size: NetSize
  /** [features, channels]: the weights of one feature lie together, so that one that is not listened to costs nothing. */
  stem: { weight: Float32Array; bias: Float32Array }
  blocks: readonly FoldedBlock[]
  /** [classes, 2 channels] and [classes]. */
  head: { weight: Float32Array; bias: Float32Array }
}

/** Folds the norms of a trained network and leaves out the channels whose `keep` is 0. */
export function folded(net: LightNet, state: State, keep: readonly Float32Array[]): FoldedNet {
  const { size } = net
  const { channels, features } = size
  const read = (parameter: Parameter | undefined) => Float32Array.from(state.read(parameter!).data as Float32Array)
  const stem = read(net.stem.weight)
  return {
    size,
    stem: {
      weight: Float32Array.from(
        { length: features * channels },
        (_, i) => stem[(i % channels) * features + Math.floor(i / channels)]!,
      ),
      bias: read(net.stem.bias),
    },
    blocks: net.blocks.map(({ depthwise, pointwise, norm }, b) => {
      const [weight, scale, shift, mean, variance] = [
        pointwise.weight,
        norm.weight,
        norm.bias,
        norm.runningMean,
        norm.runningVariance,
      ].map(read) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array]
      const kept = Int32Array.from(keep[b]!.keys()).filter(c => keep[b]![c] === 1)
      const factor = (c: number) => scale[c]! / Math.sqrt(variance[c]! + epsilon)
      return {
        dilation: dilations[b]!,
        depthwise: read(depthwise.weight),
        kept,
        weight: Float32Array.from({ length: kept.length * channels }, (_, i) => {
          const c = kept[Math.floor(i / channels)]!
          return weight[c * channels + (i % channels)]! * factor(c)
        }),
        bias: Float32Array.from(kept, c => shift[c]! - mean[c]! * factor(c)),
      }
    }),
    head: { weight: read(net.head.weight), bias: read(net.head.bias) },
  }
}

/** Numbers that the network holds, and multiplications and additions of one tick with so many features. */
export function costOf(
  { size, stem, blocks, head }: FoldedNet,
  selected: number,
): { parameters: number; operations: number } {
  const { channels, classes } = size
  const parts = [stem, head, ...blocks].map(({ weight, bias }) => weight.length + bias.length)
  const depthwise = blocks.length * channels * kernel
  return {
    parameters: parts.reduce((sum, each) => sum + each, depthwise),
    operations:
      selected * channels +
      depthwise +
      blocks.reduce((sum, { weight }) => sum + weight.length, 0) +
      classes * 2 * channels,
  }
}

/** Answers tick by tick: each costs one column, the past stands in rings. */
export class StreamingNet {
  private readonly rings: { data: Float32Array; length: number }[]
  private readonly window: Float32Array
  private readonly sum: Float64Array
  private readonly column: Float32Array
  private readonly mixed: Float32Array
  private readonly result: Float32Array
  private ticks = 0

  constructor(private readonly net: FoldedNet) {
    const { channels, classes, window } = net.size
    this.rings = net.blocks.map(({ dilation }) => {
      const length = (kernel - 1) * dilation + 1
      return { length, data: new Float32Array(length * channels) }
    })
    this.window = new Float32Array(window * channels)
    this.sum = new Float64Array(channels)
    this.column = new Float32Array(channels)
    this.mixed = new Float32Array(channels)
    this.result = new Float32Array(classes)
  }

  /** Logits after a tick of features, those not listened to being 0; the same array each time. */
  push(x: Float32Array): Float32Array {
    const { net, column, mixed, ticks } = this
    const { features, channels } = net.size
    column.set(net.stem.bias)
    for (let j = 0; j < features; j++) {
      const value = x[j]!
      if (value === 0) continue
      for (let c = 0; c < channels; c++) column[c]! += value * net.stem.weight[j * channels + c]!
    }
    for (let b = 0; b < net.blocks.length; b++) {
      const { dilation, depthwise, kept, weight, bias } = net.blocks[b]!
      const { data, length } = this.rings[b]!
      data.set(column, (ticks % length) * channels)
      mixed.fill(0)
      for (let k = 0; k < kernel; k++) {
        const back = (kernel - 1 - k) * dilation
        const at = ((((ticks - back) % length) + length) % length) * channels
        for (let c = 0; c < channels; c++) mixed[c]! += depthwise[c * kernel + k]! * data[at + c]!
      }
      for (let i = 0; i < kept.length; i++) {
        let told = bias[i]!
        for (let c = 0; c < channels; c++) told += weight[i * channels + c]! * mixed[c]!
        column[kept[i]!]! += Math.max(0, Math.min(6, told))
      }
    }
    return this.answer()
  }

  private answer(): Float32Array {
    const { net, column, window, sum, result } = this
    const { channels, classes } = net.size
    const at = (this.ticks++ % net.size.window) * channels
    for (let c = 0; c < channels; c++) {
      sum[c]! += column[c]! - window[at + c]!
      window[at + c] = column[c]!
    }
    for (let k = 0; k < classes; k++) {
      let logit = net.head.bias[k]!
      const row = k * 2 * channels
      for (let c = 0; c < channels; c++) {
        logit += (net.head.weight[row + c]! * sum[c]!) / net.size.window
        logit += net.head.weight[row + channels + c]! * column[c]!
      }
      result[k] = logit
    }
    return result
  }
}
