import { InterplayError } from '../errors/index.ts'
import { largestDimension } from './dimension.ts'
import { bytesPerElement } from './dtype.ts'
import { topologicalOrder } from './gradient.ts'
import { valueInputs } from './onnx/export.ts'
import type { Node, Tensor } from './tensor.ts'

/** What one run of a program will take, known before it runs. */
export interface Plan {
  /** Bytes of parameters and optimizer state that the program reads or writes, second buffers included. */
  stateBytes: number
  /** Largest sum of bytes of the values alive at one moment of a run: feeds, intermediates, outputs. */
  runBytes: number
  /** Both together. */
  peakBytes: number
  /** Floating-point operations of matrix products and convolutions; an addition and a multiplication are two. */
  productOperations: number
}

type Bindings = ReadonlyMap<string, number>

/**
 * The largest sum of bytes alive at once when the nodes that `outputs` need run in order: a value lives from its node to
 * the last node that reads it, outputs to the end. Views are free, and a value dies into a result of the same size;
 * `updates` are written to buffers of the state.
 */
export function runBytes(answers: readonly Tensor[], updates: readonly Tensor[], bindings: Bindings): number {
  const outputs = [...answers, ...updates]
  const held = new Set(updates.map(source))
  const order = topologicalOrder(outputs, valueInputs)
  const readers = new Map<Tensor, number>()
  const read = (tensor: Tensor) => readers.set(source(tensor), (readers.get(source(tensor)) ?? 0) + 1)
  for (const node of order) for (const input of valueInputs(node)) if (input) read(input)
  outputs.forEach(read)
  let alive = 0
  let peak = 0
  for (const node of order) {
    if (isView(node) || node.operator.name === 'Parameter') continue
    const dying: number[] = []
    for (const tensor of new Set(valueInputs(node).flatMap(input => (input ? [source(input)] : [])))) {
      const own = valueInputs(node).filter(input => input && source(input) === tensor).length
      const left = readers.get(tensor)! - own
      readers.set(tensor, left)
      if (left === 0 && tensor.node.operator.name !== 'Parameter') dying.push(bytesOf(tensor, bindings))
    }
    for (const output of node.outputs) {
      if (!readers.has(output) || held.has(output)) continue
      const bytes = bytesOf(output, bindings)
      const reused = dying.indexOf(bytes)
      if (reused >= 0) dying.splice(reused, 1)
      else alive += bytes
    }
    peak = Math.max(peak, alive)
    for (const bytes of dying) alive -= bytes
  }
  return peak
}

const isView = ({ operator }: Node): boolean => operator.name === 'Reshape' || operator.transparent === true

/** The tensor whose memory this one shows. */
function source(tensor: Tensor): Tensor {
  return isView(tensor.node) ? source(tensor.node.inputs[0]!) : tensor
}

const extentsOf = (tensor: Tensor, bindings: Bindings): number[] =>
  tensor.shape.map(extent => largestDimension(extent, bindings) ?? unknown(String(extent)))

const bytesOf = (tensor: Tensor, bindings: Bindings): number =>
  extentsOf(tensor, bindings).reduce((size, extent) => size * extent, bytesPerElement(tensor.dtype))

function unknown(symbol: string): never {
  throw new InterplayError('engine/feed', `a plan needs the extent '${symbol}'`)
}

/** Operations of the products that `outputs` need; sums written as products with ones are not counted. */
export function productOperations(outputs: readonly Tensor[], bindings: Bindings): number {
  let total = 0
  for (const node of topologicalOrder(outputs, valueInputs)) total += operationsOf(node, bindings)
  return total
}

function operationsOf({ operator: { name }, inputs, outputs, attributes }: Node, bindings: Bindings): number {
  const size = (extents: readonly number[]) => extents.reduce((product, extent) => product * extent, 1)
  const extents = (tensor: Tensor | undefined) => extentsOf(tensor!, bindings)
  if (name === 'Gemm' || name === 'MatMul' || name === 'FusedMatMul') {
    const { transA, transBatchA } = attributes
    const inner = extents(inputs[0]).at(transA?.value ? (transBatchA?.value ? 0 : -2) : -1)!
    const result = extents(outputs[0])
    const isSum = [inner, ...result.slice(-2)].includes(1)
    return isSum ? 0 : 2 * inner * size(result)
  }
  if (name === 'Conv') return 2 * size(extents(outputs[0])) * size(extents(inputs[1]).slice(1))
  if (name === 'ConvTranspose') return 2 * size(extents(inputs[0])) * size(extents(inputs[1]).slice(1))
  return 0
}
