import { InterplayError } from '../errors/index.ts'
import { isFloat, toArray, type DataType, type HostTensor, type TypedArray } from './dtype.ts'
import { requireKernel } from './kernels.ts'
import { isStatic, sizeOf, spellShape, type Shape } from './dimension.ts'
import type { TensorMethods } from './methods.ts'

/** An ONNX attribute with its schema type spelled out: 1 as a float is not 1 as an int. */
export type Attribute =
  | { type: 'float'; value: number }
  | { type: 'int'; value: number }
  | { type: 'string'; value: string }
  | { type: 'floats'; value: readonly number[] }
  | { type: 'ints'; value: readonly number[] }
  | { type: 'tensor'; value: HostTensor }
  | { type: 'graph'; value: Subgraph }

export type Attributes = Readonly<Record<string, Attribute>>

/** A graph inside an operator (Scan's body): `inputs` are leaves, `outputs` may also read tensors of the outer graph. */
export interface Subgraph {
  inputs: readonly Tensor[]
  outputs: readonly Tensor[]
}

export interface TensorType {
  dtype: DataType
  shape: Shape
}

/** The products of the output gradients with the Jacobians of one node's inputs: one per input, undefined for none. */
export type GradientRule = (node: Node, gradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[]

/**
 * An operator: its ONNX name and its gradient rule, or why it has none. `leaf` operators are the ends of a graph;
 * `transparent` ones leave no node in ONNX, their output is their first input.
 */
export interface Operator {
  readonly name: string
  readonly domain?: string
  readonly leaf?: boolean
  readonly transparent?: boolean
  readonly gradient?: GradientRule
  readonly notDifferentiable?: string
  /** How ONNX has a node, where its value needs less than its gradient does. */
  readonly written?: (node: Node) => Written
  /** The same value in operators of the standard domains, where this one is the runtime's own. */
  readonly standard?: (node: Node) => readonly Tensor[]
  /** The same value in operators that this process' runtime is faster at, where there are such. */
  readonly faster?: (node: Node) => readonly Tensor[] | undefined
  /** How many of a node's last inputs are only read inside its graphs: in ONNX, by name and not as inputs. */
  readonly captures?: (node: Node) => number
}

/** What a node reads and says in ONNX. */
export interface Written {
  inputs: readonly (Tensor | undefined)[]
  attributes: Attributes
}

let made = 0

/** Nodes made so far. */
export const nodesMade = (): number => made

/** One application of an operator. */
export class Node {
  /** How many were made before it. */
  readonly number = made++
  readonly outputs: readonly Tensor[]

  constructor(
    readonly operator: Operator,
    readonly inputs: readonly (Tensor | undefined)[],
    readonly attributes: Attributes,
    types: readonly TensorType[],
  ) {
    requireKernel(operator, inputs, attributes)
    this.outputs = types.map((type, index) => new Tensor(this, index, type.dtype, type.shape))
  }
}

/**
 * A handle on one output of a node: a value that will exist when a program runs. Tensors are immutable and belong to no
 * graph; a graph is whatever its outputs reach.
 */
export class Tensor {
  constructor(
    readonly node: Node,
    readonly index: number,
    readonly dtype: DataType,
    readonly shape: Shape,
  ) {}

  get rank(): number {
    return this.shape.length
  }

  toString(): string {
    return `${this.node.operator.name} ${this.dtype}${spellShape(this.shape)}`
  }
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Tensor extends TensorMethods {}

export type TensorLike = Tensor | number

/** Applies an operator with one output. */
export function apply(
  operator: Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  type: TensorType,
): Tensor {
  return new Node(operator, inputs, attributes, [type]).outputs[0]!
}

export const constantOperator: Operator = { name: 'Constant', leaf: true }
export const inputOperator: Operator = { name: 'Input', leaf: true }

/** A tensor with a fixed value. */
export function constant(
  value: number | readonly number[] | TypedArray,
  shape?: readonly number[],
  dtype?: DataType,
): Tensor {
  const type = dtype ?? (typeof value === 'object' && !Array.isArray(value) ? typeOf(value as TypedArray) : 'float32')
  const values = typeof value === 'number' ? [value] : value
  const dims = shape ?? (typeof value === 'number' ? [] : [values.length])
  if (sizeOf(dims) !== values.length) {
    throw new InterplayError('shape/mismatch', `Constant: ${values.length} values do not fill ${spellShape(dims)}`)
  }
  const data: HostTensor = { dtype: type, dims: [...dims], data: toArray(type, values) }
  return apply(constantOperator, [], { value: { type: 'tensor', value: data } }, { dtype: type, shape: dims })
}

function typeOf(value: TypedArray): DataType {
  if (value instanceof Float32Array) return 'float32'
  if (value instanceof Float64Array) return 'float64'
  if (value instanceof Int32Array) return 'int32'
  if (value instanceof BigInt64Array) return 'int64'
  if (value instanceof Uint16Array) return 'float16'
  return 'uint8'
}

/** The value of a constant, undefined for any other tensor. */
export function constantValue(tensor: Tensor): HostTensor | undefined {
  const value = tensor.node.operator === constantOperator ? tensor.node.attributes.value : undefined
  return value?.type === 'tensor' ? value.value : undefined
}

/** A leaf whose value is fed when the program runs. */
export function input(name: string, type: TensorType): Tensor {
  return apply(inputOperator, [], { name: { type: 'string', value: name } }, type)
}

/**
 * A tensor as it is, a number as a scalar constant of `dtype`.
 *
 * @throws InterplayError `engine/type` for a fraction beside integers
 */
export function asTensor(value: TensorLike, dtype: DataType): Tensor {
  if (typeof value !== 'number') return value
  if (isFloat(dtype) || Number.isInteger(value)) return constant(value, [], dtype)
  throw new InterplayError('engine/type', `${value} is no ${dtype}`, { try: `cast the tensor beside it to 'float32'` })
}

/** Declarations of program inputs: `int32(['batch', 10])`. */
const declare =
  (dtype: DataType) =>
  (shape: Shape): TensorType => ({ dtype, shape })
export const float32 = declare('float32')
export const float64 = declare('float64')
export const int32 = declare('int32')
export const int64 = declare('int64')
export const bool = declare('bool')
export const uint8 = declare('uint8')

/** Throws unless `tensor` has rank `rank`; the message names the operator. */
export function expectRank(operator: string, tensor: Tensor, rank: number): void {
  if (tensor.rank === rank) return
  throw new InterplayError('shape/mismatch', `${operator}: takes rank ${rank}, got ${spellShape(tensor.shape)}`)
}

/** A non-negative axis below `rank`. */
export function normalAxis(operator: string, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis
  if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive
  throw new InterplayError('shape/mismatch', `${operator}: axis ${axis} is outside a tensor of rank ${rank}`)
}

/** The extents of a tensor whose shape has no symbols. */
export function staticShape(operator: string, tensor: Tensor): readonly number[] {
  if (isStatic(tensor.shape)) return tensor.shape
  throw new InterplayError('shape/mismatch', `${operator}: needs known extents, got ${spellShape(tensor.shape)}`)
}
