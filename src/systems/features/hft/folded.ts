import type { Parameter, State } from '../../../engine/index.ts'
import type { Convolution } from '../../../nn/index.ts'
import { dilations, gateHidden, gateTicks, kernel, type LightNet, type NetSize } from './net.ts'

const epsilon = 1e-5

/** A block with its norm folded in and the channels that were taken out gone. */
export interface FoldedBlock {
  dilation: number
  /** [kernel, channels] */
  depthwise: Float32Array
  /** The channels that are left. */
  kept: Int32Array
  /** [kept, channels] and [kept]. */
  weight: Float32Array
  bias: Float32Array
}

export interface Layer {
  weight: Float32Array
  bias: Float32Array
}

/** The network as plain numbers. */
export interface FoldedNet {
  size: NetSize
  /** [2 features, hidden] and [features, hidden]: what belongs to one feature lies together, here and in the stem. */
  gate?: { hidden: Layer; output: Layer }
  /** [features, channels]: one that is not listened to costs nothing. */
  stem: Layer
  blocks: readonly FoldedBlock[]
  /** [classes, 2 channels] and [classes]. */
  head: Layer
}

/** Folds the norms of a trained network and leaves out the channels whose `keep` is 0. */
export function folded(net: LightNet, state: State, keep: readonly Float32Array[]): FoldedNet {
  const { size } = net
  const { channels, features, gate } = size
  const read = (parameter: Parameter | undefined) => Float32Array.from(state.read(parameter!).data as Float32Array)
  const turned = (weight: Float32Array, inputs: number) => {
    const outputs = weight.length / inputs
    return weight.map((_, i) => weight[(i % outputs) * inputs + Math.floor(i / outputs)]!)
  }
  const byInput = ({ weight, bias }: Convolution, inputs: number): Layer => ({
    weight: turned(read(weight), inputs),
    bias: read(bias),
  })
  return {
    size,
    ...(gate && {
      gate: {
        hidden: byInput(net.gate!.hidden, 2 * features),
        output: { weight: read(net.gate!.output.weight), bias: read(net.gate!.output.bias) },
      },
    }),
    stem: byInput(net.stem, features),
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
        depthwise: turned(read(depthwise.weight), kernel),
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
  { size, gate, stem, blocks, head }: FoldedNet,
  selected: number,
): { parameters: number; operations: number } {
  const { channels, classes } = size
  const gates = gate ? [gate.hidden, gate.output] : []
  const parts = [stem, head, ...gates, ...blocks].map(({ weight, bias }) => weight.length + bias.length)
  const depthwise = blocks.length * channels * kernel
  return {
    parameters: parts.reduce((sum, each) => sum + each, depthwise),
    operations:
      selected * channels +
      gates.length * selected * gateHidden +
      (gate ? selected * gateHidden : 0) +
      depthwise +
      blocks.reduce((sum, { weight }) => sum + weight.length, 0) +
      classes * 2 * channels,
  }
}

/** Answers tick by tick: each costs one column, the past stands in rings. */
export class StreamingNet {
  private readonly gate?: StreamingGate
  private readonly rings: { data: Float32Array; length: number }[]
  private readonly window: Float32Array
  private readonly sum: Float64Array
  private readonly column: Float32Array
  private readonly mixed: Float32Array
  private readonly result: Float32Array
  private ticks = 0

  constructor(private readonly net: FoldedNet) {
    const { channels, classes, window } = net.size
    if (net.gate) this.gate = new StreamingGate(net.size.features, net.gate)
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

  /** Forgets all ticks before, as after a pause. */
  reset(): void {
    this.ticks = 0
    this.gate?.reset()
    for (const { data } of this.rings) data.fill(0)
    this.window.fill(0)
    this.sum.fill(0)
  }

  /** Logits after a tick of features, those not listened to being 0; the same array each time. */
  push(features: Float32Array): Float32Array {
    const { net, column, mixed, ticks } = this
    const { channels } = net.size
    const x = this.gate?.push(features) ?? features
    column.set(net.stem.bias)
    for (let j = 0; j < x.length; j++) {
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
        for (let c = 0; c < channels; c++) mixed[c]! += depthwise[k * channels + c]! * data[at + c]!
      }
      for (let i = 0; i < kept.length; i++) {
        let told = bias[i]!
        const row = i * channels
        for (let c = 0; c < channels; c++) told += weight[row + c]! * mixed[c]!
        if (told > 0) column[kept[i]!]! += told < 6 ? told : 6
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

/** The gate tick by tick: means and deviations of the last ticks are kept up, features that were silent cost nothing. */
class StreamingGate {
  private readonly ring: Float32Array
  private readonly sums: Float64Array
  private readonly squares: Float64Array
  private readonly told = new Float64Array(gateHidden)
  private readonly result: Float32Array
  private ticks = 0

  constructor(
    private readonly features: number,
    private readonly layers: NonNullable<FoldedNet['gate']>,
  ) {
    this.ring = new Float32Array(gateTicks * features)
    this.sums = new Float64Array(features)
    this.squares = new Float64Array(features)
    this.result = new Float32Array(features)
  }

  reset(): void {
    this.ring.fill(0)
    this.sums.fill(0)
    this.squares.fill(0)
  }

  /** The tick's features, weighed; the same array each time. */
  push(x: Float32Array): Float32Array {
    const { features, ring, sums, squares, told, result } = this
    const { hidden, output } = this.layers
    const at = (this.ticks++ % gateTicks) * features
    told.set(hidden.bias)
    for (let j = 0; j < features; j++) {
      const now = x[j]!
      const before = ring[at + j]!
      if (now === 0 && before === 0 && squares[j] === 0) continue
      ring[at + j] = now
      sums[j]! += now - before
      squares[j]! += now * now - before * before
      const mean = sums[j]! / gateTicks
      const deviation = Math.sqrt(Math.max(0, squares[j]! / gateTicks - mean * mean))
      const from = j * gateHidden
      const then = (features + j) * gateHidden
      for (let k = 0; k < gateHidden; k++) {
        told[k]! += hidden.weight[from + k]! * mean + hidden.weight[then + k]! * deviation
      }
    }
    for (let k = 0; k < gateHidden; k++) if (told[k]! < 0) told[k] = 0
    for (let j = 0; j < features; j++) {
      result[j] = 0
      if (x[j] === 0) continue
      let logit = output.bias[j]!
      for (let k = 0; k < gateHidden; k++) logit += output.weight[j * gateHidden + k]! * told[k]!
      result[j] = x[j]! / (1 + Math.exp(-logit))
    }
    return result
  }
}
