import type { FoldedNet } from './folded.ts'
import { gateHidden, gateTicks, kernel } from './net.ts'

/** Answers tick by tick: each costs one column, the past stands in rings. */
export class StreamingNet {
  private readonly gate?: StreamingGate
  private readonly blocks: readonly StreamingBlock[]
  /** The last columns, [window, channels], and their sum. */
  private readonly window: Float64Array
  private readonly sum: Float64Array
  private readonly column: Float64Array
  private readonly result: Float32Array
  private tick = 0

  constructor(private readonly net: FoldedNet) {
    const { features, channels, classes, window } = net.size
    if (net.gate) this.gate = new StreamingGate(features, net.gate)
    this.blocks = net.blocks.map(block => new StreamingBlock(channels, block))
    this.window = new Float64Array(window * channels)
    this.sum = new Float64Array(channels)
    this.column = new Float64Array(channels)
    this.result = new Float32Array(classes)
  }

  /** Forgets all ticks before, as after a pause. */
  reset(): void {
    this.gate?.reset()
    for (const block of this.blocks) block.reset()
    this.window.fill(0)
    this.sum.fill(0)
  }

  /** Logits after a tick of features, those not listened to being 0; the same array each time. */
  push(features: Float32Array): Float32Array {
    const { column } = this
    const { size, stem } = this.net
    const { channels } = size
    const x = this.gate ? this.gate.push(features) : features
    column.set(stem.bias)
    for (let j = 0; j < x.length; j++) {
      const value = x[j]!
      if (value === 0) continue
      const row = j * channels
      for (let c = 0; c < channels; c++) column[c]! += value * stem.weight[row + c]!
    }
    for (const block of this.blocks) block.push(column)
    return this.answer()
  }

  private answer(): Float32Array {
    const { column, window, sum, result } = this
    const { head, size } = this.net
    const { channels, classes } = size
    const at = this.tick * channels
    this.tick = this.tick + 1 === size.window ? 0 : this.tick + 1
    for (let c = 0; c < channels; c++) {
      sum[c]! += column[c]! - window[at + c]!
      window[at + c] = column[c]!
    }
    for (let k = 0; k < classes; k++) {
      const row = k * 2 * channels
      let [mean, last] = [0, head.bias[k]!]
      for (let c = 0; c < channels; c++) {
        mean += head.weight[row + c]! * sum[c]!
        last += head.weight[row + channels + c]! * column[c]!
      }
      result[k] = mean / size.window + last
    }
    return result
  }
}

/** A block tick by tick. */
class StreamingBlock {
  private readonly ring: Float64Array
  private readonly mixed: Float64Array
  /** Numbers in the ring from one that the kernel reads to the next. */
  private readonly stride: number
  private at = 0

  constructor(
    private readonly channels: number,
    private readonly block: FoldedNet['blocks'][number],
  ) {
    this.stride = block.dilation * channels
    this.ring = new Float64Array((kernel - 1) * this.stride + channels)
    this.mixed = new Float64Array(channels)
  }

  reset(): void {
    this.ring.fill(0)
  }

  /** Adds to a column what the block says of it and those before. */
  push(column: Float64Array): void {
    const { channels, ring, mixed, stride } = this
    const { depthwise, weight, bias } = this.block
    ring.set(column, this.at)
    // the oldest column that the kernel reads is the one after the newest in the ring
    this.at = this.at + channels === ring.length ? 0 : this.at + channels
    mixed.fill(0)
    let from = this.at
    for (let row = 0; row < depthwise.length; row += channels) {
      for (let c = 0; c < channels; c++) mixed[c]! += depthwise[row + c]! * ring[from + c]!
      from = from + stride < ring.length ? from + stride : from + stride - ring.length
    }
    for (let i = 0; i < channels; i++) {
      let told = bias[i]!
      const row = i * channels
      for (let c = 0; c < channels; c++) told += weight[row + c]! * mixed[c]!
      if (told > 0) column[i]! += told < 6 ? told : 6
    }
  }
}

/** The gate tick by tick: means and deviations of the last ticks are kept up, features that were silent cost nothing. */
class StreamingGate {
  private readonly ring: Float32Array
  private readonly sums: Float64Array
  private readonly squares: Float64Array
  private readonly told = new Float64Array(gateHidden)
  private readonly result: Float32Array
  private tick = 0

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
    const at = this.tick * features
    this.tick = (this.tick + 1) % gateTicks
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
