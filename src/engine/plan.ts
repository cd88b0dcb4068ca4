import { InterplayError } from '../errors/index.ts'
import { largestDimension } from './dimension.ts'
import { bytesPerElement } from './dtype.ts'
import { topologicalOrder } from './gradient.ts'
import { valueInputs } from './onnx/export.ts'
import type { Node, Subgraph, Tensor } from './tensor.ts'

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
 * `updates` are written to buffers of the state. One step of a recurrence is alive beside what its node reads and writes.
 */
export function runBytes(answers: readonly Tensor[], updates: readonly Tensor[], bindings: Bindings): number {
  return bytesWithin({ outputs: [...answers, ...updates], outside: new Set() }, new Set(updates.map(source)), bindings)
}

/** A graph, or the body of a node, which ends where it reads the graph around it. */
interface Extent {
  outputs: readonly Tensor[]
  outside: ReadonlySet<Tensor>
}

function bytesWithin({ outputs, outside }: Extent, held: ReadonlySet<Tensor>, bindings: Bindings): number {
  const inputsOf = (node: Node) => readWithin(node, outside)
  const order = topologicalOrder(outputs, inputsOf)
  const readers = new Map<Tensor, number>()
  const read = (tensor: Tensor) => readers.set(source(tensor), (readers.get(source(tensor)) ?? 0) + 1)
  for (const node of order) for (const input of inputsOf(node)) read(input)
  outputs.forEach(read)
  let alive = 0
  let peak = 0
  for (const node of order) {
    if (isView(node) || node.operator.name === 'Parameter') continue
    const dying: number[] = []
    for (const tensor of new Set(inputsOf(node).map(source))) {
      const own = inputsOf(node).filter(input => source(input) === tensor).length
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
    const inside = bodiesOf(node).map(body => bytesWithin(body, new Set(), bindings))
    peak = Math.max(peak, alive + inside.reduce((sum, bytes) => sum + bytes, 0))
    for (const bytes of dying) alive -= bytes
  }
  return peak
}

/** What a node's value needs of its own graph. */
const readWithin = (node: Node, outside: ReadonlySet<Tensor>): Tensor[] =>
  valueInputs(node).flatMap(input => (input && !outside.has(input) ? [input] : []))

/** The graphs inside a node. What they read of the graph around them is among the node's inputs. */
function bodiesOf({ attributes, inputs }: Node): Extent[] {
  const outside = new Set(inputs.flatMap(input => (input ? [input] : [])))
  return Object.values(attributes).flatMap(attribute =>
    attribute.type === 'graph'
      ? [{ outputs: attribute.value.outputs.filter(output => !outside.has(output)), outside }]
      : [],
  )
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
  return operationsWithin({ outputs, outside: new Set() }, bindings)
}

function operationsWithin({ outputs, outside }: Extent, bindings: Bindings): number {
  let total = 0
  for (const node of topologicalOrder(outputs, each => readWithin(each, outside))) {
    total += operationsOf(node, bindings)
    for (const body of bodiesOf(node)) total += stepsOf(node, bindings) * operationsWithin(body, bindings)
  }
  return total
}

/** How often a recurrence runs its body: the extent along which its first input is cut. */
function stepsOf({ inputs, attributes: { body, num_scan_inputs, scan_input_axes } }: Node, bindings: Bindings): number {
  const states = (body!.value as Subgraph).inputs.length - (num_scan_inputs!.value as number)
  const [axis = 0] = (scan_input_axes?.value ?? []) as readonly number[]
  return extentsOf(inputs[states]!, bindings)[axis]!
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
