import { allocate, type HostTensor, type TypedArray } from '../../engine/dtype.ts'

/** Tensors by name, each [rows, ...]. */
export type Tensors = Readonly<Record<string, HostTensor>>

/** Rows `start` to `end` of every tensor, without a copy. */
export function sliceRows(tensors: Tensors, start: number, end: number): Tensors {
  return mapValues(tensors, ({ dtype, dims, data }) => {
    const stride = dims[0] === 0 ? 0 : data.length / dims[0]!
    return { dtype, dims: [end - start, ...dims.slice(1)], data: data.subarray(start * stride, end * stride) }
  })
}

/** The rows of all parts one after another, in buffers of their own that may be transferred. */
export function joinRows(parts: readonly Tensors[]): Tensors {
  return mapValues(parts[0]!, ({ dtype, dims }, name) => {
    const pieces = parts.map(part => part[name]!)
    const joined = allocate(
      dtype,
      total(pieces, piece => piece.data.length),
    )
    let offset = 0
    for (const { data } of pieces) {
      ;(joined as Float32Array).set(data as Float32Array, offset)
      offset += data.length
    }
    return { dtype, dims: [total(pieces, piece => piece.dims[0]!), ...dims.slice(1)], data: joined }
  })
}

/** The buffers under the tensors, for a transfer list. */
export const buffersOf = (tensors: Tensors): ArrayBuffer[] => [
  ...new Set(Object.values(tensors).map(({ data }) => (data as TypedArray).buffer as ArrayBuffer)),
]

const total = <T>(items: readonly T[], count: (item: T) => number) => items.reduce((sum, item) => sum + count(item), 0)

const mapValues = (tensors: Tensors, change: (tensor: HostTensor, name: string) => HostTensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))
