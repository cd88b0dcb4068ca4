import type { Tensor } from 'onnxruntime-web'
import { InterplayError } from '../../errors/index.ts'
import type { DataType, HostTensor, TypedArray } from '../dtype.ts'

export type TensorClass = new (dtype: DataType, data: TypedArray, dims: number[]) => Tensor

/**
 * ONNX Runtime's tensors over host buffers, one per buffer for as long as the buffer lives: the steady state of a
 * training loop, double buffers included, allocates none.
 */
export class TensorPool {
  private readonly tensors = new WeakMap<TypedArray, Tensor>()

  constructor(private readonly Tensor: TensorClass) {}

  over({ dtype, dims, data }: HostTensor): Tensor {
    const known = this.tensors.get(data)
    if (known?.type === dtype && sameExtents(known.dims, dims)) return known
    const tensor = new this.Tensor(dtype, data, [...dims])
    this.tensors.set(data, tensor)
    return tensor
  }
}

const sameExtents = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])

const read: ReadonlySet<string> = new Set<DataType>([
  'float32',
  'float64',
  'int32',
  'int64',
  'bool',
  'uint8',
  'float16',
])
const isRead = (type: string): type is DataType => read.has(type)

/** A result of ONNX Runtime; float16 comes as bit patterns, also where the platform has `Float16Array`. */
export function hostTensor(name: string, { type, dims, data }: Tensor): HostTensor {
  if (!isRead(type)) {
    throw new InterplayError('engine/type', `output '${name}' is ${type}, which is not read here`, {
      try: 'cast it inside the graph',
    })
  }
  const array = data as TypedArray
  const bits = type === 'float16' && !(array instanceof Uint16Array)
  return { dtype: type, dims: [...dims], data: bits ? bitsOf(array) : array }
}

const bitsOf = ({ buffer, byteOffset, length }: TypedArray): Uint16Array => new Uint16Array(buffer, byteOffset, length)
