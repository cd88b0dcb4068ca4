import type { Parameter, State } from '../../../engine/index.ts'
import { dilations, gateHidden, kernel, type LightNet, type NetSize } from './net.ts'

const epsilon = 1e-5

export interface Layer {
  weight: Float32Array
  bias: Float32Array
}

/** A block with its norm folded in; its pointwise weight is [channels, channels]. */
export interface FoldedBlock extends Layer {
  dilation: number
  /** [kernel, channels] */
  depthwise: Float32Array
}

/** The network as plain numbers. */
export interface FoldedNet {
  /** Its channels are those that are left. */
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
export function folded(net: LightNet, state: State, keep: Float32Array): FoldedNet {
  const { channels, classes } = net.size
  const kept = upTo(channels).filter(c => keep[c] === 1)
  const read = (parameter: Parameter | undefined): Matrix => {
    const { data, dims } = state.read(parameter!)
    const rows = dims[0]!
    return { data: data as Float32Array, rows, width: data.length / rows }
  }
  const gate = net.gate && {
    hidden: {
      weight: turned(read(net.gate.hidden.weight)),
      bias: part(read(net.gate.hidden.bias)),
    },
    output: { weight: part(read(net.gate.output.weight)), bias: part(read(net.gate.output.bias)) },
  }
  return {
    size: { ...net.size, channels: kept.length },
    ...(gate && { gate }),
    stem: { weight: turned(read(net.stem.weight), kept), bias: part(read(net.stem.bias), kept) },
    blocks: net.blocks.map(({ depthwise, pointwise, norm }, b) => {
      const [scale, shift, mean, variance] = [norm.weight, norm.bias, norm.runningMean, norm.runningVariance].map(
        parameter => part(read(parameter), kept),
      ) as [Float32Array, Float32Array, Float32Array, Float32Array]
      const factor = scale.map((each, c) => each / Math.sqrt(variance[c]! + epsilon))
      const weight = part(read(pointwise.weight), kept, kept)
      return {
        dilation: dilations[b]!,
        depthwise: turned(read(depthwise.weight), kept),
        weight: weight.map((each, i) => each * factor[Math.floor(i / kept.length)]!),
        bias: shift.map((each, c) => each - mean[c]! * factor[c]!),
      }
    }),
    head: {
      weight: part(read(net.head.weight), upTo(classes), [...kept, ...kept.map(c => channels + c)]),
      bias: part(read(net.head.bias)),
    },
  }
}

interface Matrix {
  data: Float32Array
  width: number
  rows: number
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Some rows and columns of a matrix, all where none are named. */
const part = ({ data, width, rows }: Matrix, some = upTo(rows), columns = upTo(width)): Float32Array =>
  Float32Array.from(some.flatMap(r => columns.map(c => data[r * width + c]!)))

/** Some rows of a matrix, as columns. */
const turned = ({ data, width, rows }: Matrix, some = upTo(rows)): Float32Array =>
  Float32Array.from(upTo(width).flatMap(c => some.map(r => data[r * width + c]!)))

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
      blocks.length * channels * channels +
      classes * 2 * channels,
  }
}
