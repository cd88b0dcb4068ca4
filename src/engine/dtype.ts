/** Element types of tensors. float16 is stored as its 16-bit pattern, bool as bytes 0 and 1. */
export type DataType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool' | 'uint8' | 'float16'

export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array

/** A tensor's value on the host. */
export interface HostTensor {
  dtype: DataType
  dims: number[]
  data: TypedArray
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  float16: Uint16Array,
} as const

/** A zero-filled array of `length` elements of `dtype`. */
export function allocate(dtype: DataType, length: number): TypedArray {
  return new arrays[dtype](length)
}

/** Converts numbers to the array type of `dtype`; an array that already has it is returned as it is. */
export function toArray(dtype: DataType, values: ArrayLike<number> | TypedArray): TypedArray {
  if (values instanceof arrays[dtype] && (dtype !== 'bool' || values instanceof Uint8Array)) return values as TypedArray
  if (dtype === 'int64') return BigInt64Array.from(Array.from(values as ArrayLike<number>, value => BigInt(value)))
  return arrays[dtype].from(values as ArrayLike<number>)
}

export const bytesPerElement = (dtype: DataType): number => arrays[dtype].BYTES_PER_ELEMENT

export const isFloat = (dtype: DataType): boolean => dtype === 'float32' || dtype === 'float64' || dtype === 'float16'

export const isDataType = (name: string): name is DataType => Object.hasOwn(arrays, name)
