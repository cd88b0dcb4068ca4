import { constantValue, Node, type Operator, type Tensor, type TensorType } from './tensor.ts'
import { sameShape } from './dimension.ts'
import type { HostTensor, TypedArray } from './dtype.ts'

/** What a host function may use beside its inputs. */
export interface HostContext {
  /** The program's seed. */
  seed: number
  /** Updates made so far: the number of the step being run. */
  step: number
  /** Number of the micro-batch within the step. */
  part: number
  /** The buffer to fill for output `index`, of these extents (the declared ones if left out); reused from run to run. */
  output(index: number, dims?: readonly number[]): TypedArray
}

export type HostFunction = (inputs: readonly HostTensor[], context: HostContext) => void

/** A leaf computed on the host before each run, from feeds, other host leaves, and (seed, step). */
export interface HostOperator extends Operator {
  readonly compute: HostFunction
}

export const isHostOperator = (operator: Operator): operator is HostOperator => 'compute' in operator

/**
 * Declares graph inputs that the program derives by itself: the caller never feeds them. `from` must be inputs or other
 * host-derived tensors. Symbols in the output types that no feed binds are bound by the extents `compute` asks for.
 */
export function hostDerived(
  name: string,
  from: readonly Tensor[],
  types: readonly TensorType[],
  compute: HostFunction,
): readonly Tensor[] {
  const operator: HostOperator = { name, leaf: true, compute, notDifferentiable: 'computed on the host' }
  return new Node(operator, from, {}, types).outputs
}

/** A host-derived tensor with a single output. */
export const hostValue = (name: string, from: readonly Tensor[], type: TensorType, compute: HostFunction): Tensor =>
  hostDerived(name, from, [type], compute)[0]!

export const isHostLeaf = (tensor: Tensor): boolean =>
  isHostOperator(tensor.node.operator) || tensor.node.operator.name === 'Input'

/** Integer operators that the host can repeat on fed ids, so that their results need not be read back from a run. */
const repeatable: Record<string, HostFunction> = {
  Slice: (inputs, context) => {
    const [x, starts, ends, axes, steps] = inputs as [HostTensor, HostTensor, HostTensor, HostTensor, HostTensor]
    const axis = Number(axes.data[0])
    const extent = x.dims[axis]!
    const stride = Number(steps.data[0])
    // backwards the first place is the last element, the end is before the first
    const [lowest, highest] = stride < 0 ? [-1, extent - 1] : [0, extent]
    const place = (value: number) => Math.min(Math.max(value < 0 ? value + extent : value, lowest), highest)
    const [start, end] = [place(Number(starts.data[0])), place(Number(ends.data[0]))]
    const count = Math.max(0, Math.ceil((end - start) / stride))
    const inner = x.dims.slice(axis + 1).reduce((a, b) => a * b, 1)
    const outer = x.dims.slice(0, axis).reduce((a, b) => a * b, 1)
    const result = context.output(0, x.dims.with(axis, count))
    for (let o = 0, to = 0; o < outer; o++) {
      for (let i = 0; i < count; i++) {
        const from = (o * extent + start + i * stride) * inner
        for (let j = 0; j < inner; j++) result[to++] = x.data[from + j]!
      }
    }
  },
  Gather: ([table, ids], context) => {
    const width = table!.dims.slice(1).reduce((a, b) => a * b, 1)
    const result = context.output(0, [...ids!.dims, ...table!.dims.slice(1)])
    for (let i = 0; i < ids!.data.length; i++) {
      const id = Number(ids!.data[i])
      const from = (id < 0 ? id + table!.dims[0]! : id) * width
      for (let j = 0; j < width; j++) result[i * width + j] = table!.data[from + j]!
    }
  },
  Concat: joined,
  Add: shifted(1),
  Sub: shifted(-1),
}

/** Joins along the axis in which the inputs' extents differ from the output's. */
function joined(inputs: readonly HostTensor[], context: HostContext): void {
  const [first] = inputs
  const axis = first!.dims.length - 1
  const widths = inputs.map(input => input.dims[axis]!)
  const width = widths.reduce((total, own) => total + own, 0)
  const result = context.output(0, first!.dims.with(axis, width))
  const rows = result.length / width
  let start = 0
  for (const [i, input] of inputs.entries()) {
    const own = widths[i]!
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < own; j++) result[row * width + start + j] = input.data[row * own + j]!
    }
    start += own
  }
}

/** Adds or subtracts one fixed number. */
function shifted(sign: 1 | -1): HostFunction {
  return ([x, amount], context) => {
    const result = context.output(0, x!.dims)
    const offset = sign * Number(amount!.data[0])
    for (let i = 0; i < result.length; i++) result[i] = Number(x!.data[i]) + offset
  }
}

/** Whether the host form covers this use of the operator: fixed bounds, scalar shifts, joins of the last axis, fixed tables. */
function repeats({ node: { operator, inputs, attributes }, rank }: Tensor): boolean {
  if (operator.name === 'Concat') return attributes.axis!.value === rank - 1
  if (operator.name === 'Gather') return attributes.axis!.value === 0 && constantValue(inputs[0]!) !== undefined
  return inputs.slice(1).every(each => constantValue(each!) && (operator.name === 'Slice' || each!.rank === 0))
}

/** The host source of a tensor, where it also has the tensor's shape. */
function unreshaped(x: Tensor): Tensor | undefined {
  const source = hostSource(x)
  return source && sameShape(source.shape, x.shape) ? source : undefined
}

const mirrors = new WeakMap<Tensor, Tensor>()

/**
 * The host-side source of an int32 tensor: `x` itself where it is fed, or a mirror of the operators between the feed
 * and `x`; undefined where the values are born inside the graph. Reshapes are looked through: order is what matters.
 */
export function hostSource(x: Tensor): Tensor | undefined {
  const { operator, inputs } = x.node
  if (isHostLeaf(x) || operator.name === 'Constant') return x
  const [first, ...rest] = inputs
  if (operator.name === 'Reshape' || operator.transparent) return hostSource(first!)
  const known = mirrors.get(x)
  if (known) return known
  const compute = repeatable[operator.name]
  if (!compute || x.dtype !== 'int32' || !repeats(x)) return undefined
  const all = operator.name === 'Concat' || operator.name === 'Gather'
  const sources = all ? inputs.map(each => unreshaped(each!)) : [unreshaped(first!), ...rest]
  if (sources.some(each => !each)) return undefined
  const mirror = hostValue(operator.name, sources as Tensor[], x, compute)
  mirrors.set(x, mirror)
  return mirror
}
