import type { AttributeProto_AttributeType } from 'onnx-buf'

/**
 * An ONNX file as plain values: what the rest of the engine reads and writes. Names follow the ONNX specification, types
 * follow NumPy; the default domain `ai.onnx` is written `''`.
 */
export interface OnnxModel {
  irVersion: number
  /** Version of each operator domain, `''` being `ai.onnx`. */
  opset: Record<string, number>
  producer: { name: string; version: string }
  metadata: Record<string, string>
  graph: OnnxGraph
  /** Operators defined by the file itself. */
  functions: readonly OnnxFunction[]
}

export interface OnnxGraph {
  name: string
  /** In topological order. */
  nodes: readonly OnnxNode[]
  initializers: readonly OnnxTensor[]
  inputs: readonly ValueInfo[]
  outputs: readonly ValueInfo[]
  /** Types of values in between, where they are told; written, not read. */
  values?: readonly ValueInfo[]
}

export interface OnnxNode {
  name: string
  op: string
  domain: string
  /** An optional input left out is `''`. */
  inputs: readonly string[]
  outputs: readonly string[]
  attributes: Record<string, Attribute>
}

export interface OnnxFunction {
  name: string
  domain: string
  inputs: readonly string[]
  outputs: readonly string[]
  /** Attributes a caller must give. */
  parameters: readonly string[]
  /** Attributes with a default. */
  defaults: Record<string, Attribute>
  opset: Record<string, number>
  nodes: readonly OnnxNode[]
}

/**
 * An attribute with its declared type: ONNX Runtime refuses `alpha = 1` stored as an int. Integers beyond 2^53 are
 * sentinels in practice (`INT64_MAX` for "to the end") and are read as the nearest safe integer.
 */
export type Attribute =
  | { type: 'float'; value: number }
  | { type: 'int'; value: number }
  | { type: 'string'; value: string }
  | { type: 'tensor'; value: OnnxTensor }
  | { type: 'graph'; value: OnnxGraph }
  | { type: 'floats'; value: readonly number[] }
  | { type: 'ints'; value: readonly number[] }
  | { type: 'strings'; value: readonly string[] }
  /** Inside a function body: the caller's attribute of that name, of the ONNX type `of`. */
  | { type: 'reference'; value: string; of: AttributeTypeName }
  /** A type that is not read here (type_proto, sparse_tensor, graphs ...), by its ONNX name. */
  | { type: 'other'; value: string }

/** Names of ONNX attribute types as the schema writes them: `FLOAT`, `INTS`, `GRAPH` ... */
export type AttributeTypeName = keyof typeof AttributeProto_AttributeType

/** A number, a named symbol, or `''` for an extent that is neither known nor named. */
export type OnnxDimension = number | string

export interface ValueInfo {
  name: string
  /** Absent where a subgraph leaves it to inference. */
  dtype?: OnnxType
  /** Absent when not even the rank is known. */
  shape?: readonly OnnxDimension[]
  /** What holds the tensors, where the value is not one tensor; `opaque` for containers in containers. */
  container?: 'sequence' | 'optional' | 'map' | 'sparse' | 'opaque'
}

/** Element types of ONNX by their NumPy names. */
export type OnnxType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'complex64'
  | 'complex128'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float4e2m1'
  | 'uint4'
  | 'int4'
  | 'uint2'
  | 'int2'

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[]

/**
 * A constant. `float16` and `bfloat16` are bit patterns in a `Uint16Array`, `bool` is 0 or 1 in a `Uint8Array`, complex
 * numbers alternate real and imaginary parts, types under 8 bits stay packed in a `Uint8Array`.
 */
export interface OnnxTensor {
  name: string
  dtype: OnnxType
  dims: readonly number[]
  data: TensorData
}
