import { opaqueDimension, subtractDimensions, type Dimension } from '../../dimension.ts'
import { isDataType, type DataType, type HostTensor, type TypedArray } from '../../dtype.ts'
import { normalAxis, type Tensor } from '../../tensor.ts'
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
} from '../codec.ts'
import { typeOfCode } from '../codec/element.ts'
import * as attributes from '../versions/writer.ts'
import { Value, type Known } from './value.ts'

/** An operator in a form that is not read here, in a phrase that follows its name: `with a mask`. */
export class Unread extends Error {}

/** What readers answer: one output or all of them, undefined for one that nothing reads. */
export type Answer = Tensor | Value | readonly (Tensor | Value | undefined)[]
export type Reader = (node: Reading) => Answer

/** What a reader may ask of the walk around its node. */
export interface Surroundings {
  /** The node that computes a value, where the node's result is all that is read of it. */
  producer(name: string): OnnxNode | undefined
  value(name: string): Value
  isRead(name: string): boolean
  /** What a symbol born at a node turned out to be. */
  settled(symbol: Dimension): Dimension
  /** Refuses runs in which a number that must not be negative is. */
  expectCount(count: Dimension, name: string): void
  /** Reads a body inside this node; its inputs are given. */
  inline(graph: OnnxGraph, inputs: readonly Value[]): Value[]
}

/** One node while it is read: its inputs as values, its attributes with defaults. */
export class Reading {
  constructor(
    readonly node: OnnxNode,
    readonly around: Surroundings,
  ) {}

  /** The first output's name: what symbols born here are named after. */
  get name(): string {
    return this.node.outputs.find(Boolean) ?? this.node.name
  }

  get count(): number {
    return this.node.inputs.length
  }

  has(index: number): boolean {
    return Boolean(this.node.inputs[index])
  }

  value(index: number): Value {
    const name = this.node.inputs[index]
    if (!name) throw new Unread(`without its input ${index + 1}`)
    return this.around.value(name)
  }

  tensor(index: number): Tensor {
    return this.value(index).tensor
  }

  optional(index: number): Tensor | undefined {
    return this.has(index) ? this.tensor(index) : undefined
  }

  tensors(): Tensor[] {
    return this.node.inputs.map((_, i) => this.tensor(i))
  }

  /** All inputs' elements, where all are known. */
  known(): readonly Known[] | undefined {
    const known = this.node.inputs.map((_, i) => this.value(i).known)
    return known.length > 0 && known.every(each => each !== undefined) ? known : undefined
  }

  /** The numbers of an input that must be known while the graph is read. */
  numbers(index: number, what: string): readonly number[] {
    const { numbers } = this.value(index)
    if (!numbers) throw new Unread(`with ${what} known only when it runs`)
    return numbers
  }

  number(index: number, what: string): number {
    const [number] = this.numbers(index, what)
    if (number === undefined) throw new Unread(`with empty ${what}`)
    return number
  }

  int(name: string, otherwise: number): number {
    return attributes.int(this.node, name, otherwise)
  }

  ints(name: string): readonly number[] | undefined {
    return attributes.ints(this.node, name)
  }

  float(name: string, otherwise: number): number {
    return attributes.float(this.node, name, otherwise)
  }

  string(name: string, otherwise: string): string {
    return attributes.string(this.node, name, otherwise)
  }

  graph(name: string): OnnxGraph {
    const attribute = this.node.attributes[name]
    if (attribute?.type !== 'graph') throw new Unread(`without its ${name}`)
    return attribute.value
  }

  /** An axis attribute, counted from the front. */
  axis(rank: number, otherwise: number, name = 'axis'): number {
    return normalAxis(this.node.op, this.int(name, otherwise), rank)
  }

  /** Whether something reads output `index`. */
  isRead(index: number): boolean {
    const name = this.node.outputs[index]
    return Boolean(name) && this.around.isRead(name!)
  }

  /** Takes it that one extent is at least another; runs in which it is not are refused. */
  expectAtLeast(extent: Dimension, least: Dimension): void {
    this.around.expectCount(subtractDimensions(extent, least), this.name)
  }

  /** A symbol born at this node. */
  symbol(suffix: string | number): Dimension {
    return this.around.settled(opaqueDimension(`${this.name}.${suffix}`))
  }
}

/** The type that values of a file's type have here: half precision is computed in float32, short integers in int32. */
export function typeOf(type: OnnxType | undefined, what: string): DataType {
  if (type === 'float16' || type === 'bfloat16') return 'float32'
  if (type === 'int8' || type === 'int16' || type === 'uint16') return 'int32'
  if (type && isDataType(type)) return type
  throw new Unread(`${what} of type ${type ?? 'unknown'}`)
}

/** A constant of the file with its values in that type. */
export function hostTensor(tensor: OnnxTensor): HostTensor {
  const { dtype: stored, data } = tensor
  const dtype = typeOf(stored, 'with a constant')
  const dims = [...tensor.dims]
  if (stored === 'float16') return { dtype, dims, data: float16ToFloat32(data as Uint16Array) }
  if (stored === 'bfloat16') return { dtype, dims, data: bfloat16ToFloat32(data as Uint16Array) }
  if (dtype === 'int32' && stored !== 'int32') return { dtype, dims, data: Int32Array.from(data as Int16Array) }
  return { dtype, dims, data: data as TypedArray }
}

/** The type that a cast to an ONNX type code gives. Short integers would wrap, which int32 does not. */
export function castType(code: number): DataType {
  const type = typeOfCode(code)
  if (type === 'int8' || type === 'int16' || type === 'uint16') throw new Unread(`to ${type}`)
  return typeOf(type, 'to a value')
}
