import { gemm } from '../../ops/matmul.ts'
import { layerNorm } from '../../ops/normalization.ts'
import { multiplyDimensions } from '../../dimension.ts'
import type { Tensor } from '../../tensor.ts'
import type { OnnxNode } from '../codec.ts'
import type { Reading } from './reading.ts'
import type { Value } from './value.ts'

/*
 * Exporters write LayerNormalization, Gelu and affine layers in pieces. Where the pieces are read by nobody else's name
 * (none is watched), the last of them is read as the whole; the others stay unused.
 */

const close = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) < 1e-6 * Math.abs(b)

/** The single number that a value is, if it is one. */
function scalar(reading: Reading, name: string): number | undefined {
  const numbers = reading.around.value(name).numbers
  return numbers?.length === 1 ? numbers[0] : undefined
}

/** The node that computes `name`, if it is one of `op`. */
function made(reading: Reading, name: string, op: string): OnnxNode | undefined {
  const node = reading.around.producer(name)
  return node?.op === op && node.domain === '' ? node : undefined
}

/** Inputs of a commuting node, the number first: [number, other]. */
function withNumber(reading: Reading, node: OnnxNode): [number, string] | undefined {
  const [a, b] = node.inputs as [string, string]
  const [left, right] = [scalar(reading, a), scalar(reading, b)]
  if (left !== undefined) return [left, b]
  return right === undefined ? undefined : [right, a]
}

/** x / sqrt(2), as a division or a product. */
function overRootTwo(reading: Reading, name: string): string | undefined {
  const division = made(reading, name, 'Div')
  if (division) return close(scalar(reading, division.inputs[1]!), Math.SQRT2) ? division.inputs[0] : undefined
  const product = made(reading, name, 'Mul')
  const parts = product && withNumber(reading, product)
  return parts && close(parts[0], Math.SQRT1_2) ? parts[1] : undefined
}

/** The x of 1 + erf(x / sqrt(2)). */
function doubledDistribution(reading: Reading, name: string): string | undefined {
  const sum = made(reading, name, 'Add')
  const parts = sum && withNumber(reading, sum)
  const erf = parts && parts[0] === 1 ? made(reading, parts[1], 'Erf') : undefined
  return erf && overRootTwo(reading, erf.inputs[0]!)
}

/** x (1 + erf(x / sqrt(2))) / 2 in any order of its three factors. */
function gelu(reading: Reading): Tensor | undefined {
  const [a, b] = reading.node.inputs as [string, string]
  for (const [inner, outer] of [
    [a, b],
    [b, a],
  ] as const) {
    const product = made(reading, inner, 'Mul')
    const factors = product ? [...product.inputs, outer] : []
    const half = factors.find(name => scalar(reading, name) === 0.5)
    const rest = factors.filter(name => name !== half)
    if (half === undefined || rest.length !== 2) continue
    const [x, y] = rest as [string, string]
    if (doubledDistribution(reading, y) === x) return reading.around.value(x).tensor.gelu()
    if (doubledDistribution(reading, x) === y) return reading.around.value(y).tensor.gelu()
  }
  return undefined
}

/** The x of mean(x) over the last axis, kept. */
function lastMean(reading: Reading, name: string): string | undefined {
  const node = made(reading, name, 'ReduceMean')
  if (!node) return undefined
  const keeps = node.attributes.keepdims
  const axes = node.inputs[1] ? reading.around.value(node.inputs[1]).numbers : undefined
  const rank = reading.around.value(node.inputs[0]!).shape.length
  const last = axes?.length === 1 && (axes[0] === -1 || axes[0] === rank - 1)
  return last && (keeps === undefined || keeps.value === 1) ? node.inputs[0] : undefined
}

/** The base of a square. */
function squared(reading: Reading, name: string): string | undefined {
  const power = made(reading, name, 'Pow')
  if (power) return scalar(reading, power.inputs[1]!) === 2 ? power.inputs[0] : undefined
  const product = made(reading, name, 'Mul')
  return product && product.inputs[0] === product.inputs[1] ? product.inputs[0] : undefined
}

/** x and epsilon of (x - mean) / sqrt(variance + epsilon), the division given. */
function standardised(reading: Reading, name: string): [x: string, epsilon: number] | undefined {
  const division = made(reading, name, 'Div')
  const root = division && made(reading, division.inputs[1]!, 'Sqrt')
  const shifted = root && made(reading, root.inputs[0]!, 'Add')
  const parts = shifted && withNumber(reading, shifted)
  const variance = parts && lastMean(reading, parts[1])
  const centred = variance && squared(reading, variance)
  if (!centred || centred !== division!.inputs[0]) return undefined
  const difference = made(reading, centred, 'Sub')
  const [x, mean] = (difference?.inputs ?? []) as [string?, string?]
  return x && mean && lastMean(reading, mean) === x ? [x, parts![0]] : undefined
}

/** standardised x * scale + bias, scale and bias being vectors. */
function layerNormalization(reading: Reading): Tensor | undefined {
  const [a, b] = reading.node.inputs as [string, string]
  for (const [inner, bias] of [
    [a, b],
    [b, a],
  ] as const) {
    const product = made(reading, inner, 'Mul')
    for (const normal of product?.inputs ?? []) {
      const found = standardised(reading, normal)
      const scale = product!.inputs.find(name => name !== normal)
      if (!found || scale === undefined) continue
      const [x, gain, shift] = valuesOf(reading, [found[0], scale, bias])
      const width = x.shape.at(-1)
      const vectors = [gain, shift].every(({ shape }) => shape.length === 1 && shape[0] === width)
      if (vectors) return layerNorm(x.tensor, gain.tensor, shift.tensor, found[1])
    }
  }
  return undefined
}

/** x W + b of rows, W a matrix and b a vector: one Gemm, which the runtime runs as one kernel. */
function affine(reading: Reading): Tensor | undefined {
  const [a, b] = reading.node.inputs as [string, string]
  for (const [product, bias] of [
    [a, b],
    [b, a],
  ] as const) {
    const node = made(reading, product, 'MatMul')
    if (!node) continue
    const [x, weight, shift] = valuesOf(reading, [...(node.inputs as [string, string]), bias])
    const fits = weight.shape.length === 2 && shift.shape.length === 1 && shift.shape[0] === weight.shape[1]
    if (!fits || x.shape.length < 2 || x.shape.at(-1) !== weight.shape[0]) continue
    const height = x.shape.slice(0, -1).reduce(multiplyDimensions, 1)
    const rows = x.tensor.reshape([height, x.shape.at(-1)!])
    return gemm(rows, weight.tensor, shift.tensor).reshape([...x.shape.slice(0, -1), weight.shape[1]!])
  }
  return undefined
}

const valuesOf = (reading: Reading, names: [string, string, string]): [Value, Value, Value] =>
  names.map(name => reading.around.value(name)) as [Value, Value, Value]

/** The whole whose last piece this node is. */
export function recognise(reading: Reading): Tensor | undefined {
  if (reading.node.domain !== '' || reading.count !== 2) return undefined
  if (reading.node.op === 'Mul') return gelu(reading)
  if (reading.node.op === 'Add') return layerNormalization(reading) ?? affine(reading)
  return undefined
}
