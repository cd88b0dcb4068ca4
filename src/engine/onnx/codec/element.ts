import { TensorProto_DataType as DataType } from 'onnx-buf'
import type { OnnxType, TensorData } from './types.ts'

type NumericArray = Exclude<TensorData, readonly string[]>
interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, offset: number, length: number): NumericArray
  from(values: readonly number[] | readonly bigint[]): NumericArray
}

/** How a type lies in memory: `slots` array elements hold `per` tensor elements. */
export interface Element {
  dtype: OnnxType
  code: DataType
  array: ArrayConstructor
  slots: number
  per: number
}

const element = (dtype: OnnxType, code: DataType, array: unknown, slots = 1, per = 1): Element => ({
  dtype,
  code,
  array: array as ArrayConstructor,
  slots,
  per,
})

const elements: Element[] = [
  element('float32', DataType.FLOAT, Float32Array),
  element('float64', DataType.DOUBLE, Float64Array),
  element('float16', DataType.FLOAT16, Uint16Array),
  element('bfloat16', DataType.BFLOAT16, Uint16Array),
  element('int8', DataType.INT8, Int8Array),
  element('int16', DataType.INT16, Int16Array),
  element('int32', DataType.INT32, Int32Array),
  element('int64', DataType.INT64, BigInt64Array),
  element('uint8', DataType.UINT8, Uint8Array),
  element('uint16', DataType.UINT16, Uint16Array),
  element('uint32', DataType.UINT32, Uint32Array),
  element('uint64', DataType.UINT64, BigUint64Array),
  element('bool', DataType.BOOL, Uint8Array),
  element('complex64', DataType.COMPLEX64, Float32Array, 2),
  element('complex128', DataType.COMPLEX128, Float64Array, 2),
  element('float8e4m3fn', DataType.FLOAT8E4M3FN, Uint8Array),
  element('float8e4m3fnuz', DataType.FLOAT8E4M3FNUZ, Uint8Array),
  element('float8e5m2', DataType.FLOAT8E5M2, Uint8Array),
  element('float8e5m2fnuz', DataType.FLOAT8E5M2FNUZ, Uint8Array),
  element('float8e8m0', DataType.FLOAT8E8M0, Uint8Array),
  element('float4e2m1', DataType.FLOAT4E2M1, Uint8Array, 1, 2),
  element('uint4', DataType.UINT4, Uint8Array, 1, 2),
  element('int4', DataType.INT4, Uint8Array, 1, 2),
  element('uint2', DataType.UINT2, Uint8Array, 1, 4),
  element('int2', DataType.INT2, Uint8Array, 1, 4),
]

const byType = new Map(elements.map(each => [each.dtype, each]))
const byCode = new Map(elements.map(each => [each.code as number, each]))

/** Memory layout of a type; undefined for `string`. */
export const elementOf = (dtype: OnnxType): Element | undefined => byType.get(dtype)

/** Memory layout of an ONNX type code; undefined for strings and unknown codes. */
export const elementOfCode = (code: number): Element | undefined => byCode.get(code)

/** ONNX type code of a type. */
export const codeOf = (dtype: OnnxType): DataType => byType.get(dtype)?.code ?? DataType.STRING

/** Type of an ONNX type code; undefined for unknown codes. */
export const typeOfCode = (code: number): OnnxType | undefined =>
  code === DataType.STRING ? 'string' : byCode.get(code)?.dtype

/** Elements of the dims; not finite or not exact when they overflow, which no file can hold. */
export const countOf = (dims: readonly number[]): number =>
  dims.includes(0) ? 0 : dims.reduce((product, extent) => product * extent, 1)

/** Length of the array that holds `count` elements. */
export const slotsFor = (kind: Element, count: number): number => Math.ceil((count * kind.slots) / kind.per)
