import { InterplayError } from '../errors/index.ts'
import { bfloat16ToFloat32 } from './onnx/codec/float16.ts'
import type { DataType, HostTensor, TypedArray } from './dtype.ts'

export interface Safetensors {
  tensors: Record<string, HostTensor>
  metadata: Record<string, string>
}

/** The reference implementation's 100 MB would take gigabytes once parsed. */
export const largestHeader = 32 * 2 ** 20

const codes: Record<DataType, string> = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  bool: 'BOOL',
  uint8: 'U8',
  float16: 'F16',
}

/** Types in the order in which files hold them, widest first, so that each tensor is aligned; the reference's order. */
const order: readonly DataType[] = ['int64', 'float64', 'float32', 'int32', 'float16', 'uint8', 'bool']

interface Reading {
  dtype: DataType
  bytes: number
  view: (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray
}

const readings: Record<string, Reading> = {
  F32: { dtype: 'float32', bytes: 4, view: (...at) => new Float32Array(...at) },
  F64: { dtype: 'float64', bytes: 8, view: (...at) => new Float64Array(...at) },
  I32: { dtype: 'int32', bytes: 4, view: (...at) => new Int32Array(...at) },
  I64: { dtype: 'int64', bytes: 8, view: (...at) => new BigInt64Array(...at) },
  BOOL: { dtype: 'bool', bytes: 1, view: (...at) => new Uint8Array(...at) },
  U8: { dtype: 'uint8', bytes: 1, view: (...at) => new Uint8Array(...at) },
  F16: { dtype: 'float16', bytes: 2, view: (...at) => new Uint16Array(...at) },
  BF16: { dtype: 'float32', bytes: 2, view: (...at) => bfloat16ToFloat32(new Uint16Array(...at)) },
}

/**
 * A safetensors file as pieces, tensors uncopied. Equal tensors and metadata give equal bytes whatever their order, and
 * those of the reference implementation.
 */
export function safetensorsPieces(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const entries = Object.entries(tensors).sort(
    ([a, { dtype: p }], [b, { dtype: q }]) => order.indexOf(p) - order.indexOf(q) || (a < b ? -1 : 1),
  )
  const described: [string, unknown][] = []
  const keys = Object.keys(metadata).sort()
  if (keys.length > 0) described.push(['__metadata__', Object.fromEntries(keys.map(key => [key, metadata[key]]))])
  let offset = 0
  for (const [name, { dtype, dims, data }] of entries) {
    const count = dims.reduce((product, extent) => product * extent, 1)
    if (data.length !== count) {
      throw new InterplayError(
        'internal/safetensors',
        `'${name}' is [${dims.join(', ')}], its data has ${data.length} values`,
      )
    }
    const end = offset + data.byteLength
    described.push([name, { dtype: codes[dtype], shape: dims, data_offsets: [offset, end] }])
    offset = end
  }
  const header = new TextEncoder().encode(objectText(described))
  const padded = new Uint8Array(8 + Math.ceil(header.length / 8) * 8).fill(0x20)
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true)
  padded.set(header, 8)
  return [padded, ...entries.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
}

/** JSON whose keys keep their order, names that look like integers included. */
const objectText = (entries: readonly [string, unknown][]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`

/** The bytes of a safetensors file. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const pieces = safetensorsPieces(tensors, metadata)
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let position = 0
  for (const piece of pieces) {
    bytes.set(piece, position)
    position += piece.length
  }
  return bytes
}

/**
 * Reads a safetensors file of unknown origin. Tensors are views into `bytes` where aligned, else copies; BF16 becomes
 * float32.
 *
 * @throws InterplayError `data/corrupt`; `data/type` for element types that are not read here.
 */
export function decodeSafetensors(bytes: Uint8Array, file = 'model.safetensors'): Safetensors {
  const length = headerLength(bytes.subarray(0, 8), bytes.length, file)
  return tensorsFrom(bytes.subarray(8, 8 + length), bytes.subarray(8 + length), file)
}

/** Length of the JSON header, from the first 8 bytes of a file of `size` bytes. */
export function headerLength(start: Uint8Array, size: number, file: string): number {
  if (size < 8) throw corrupt(file, `it has ${size} bytes, its header's length alone takes 8`)
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(size - 8)) throw corrupt(file, `a header of ${length} bytes is declared, ${size - 8} follow`)
  if (length > BigInt(largestHeader)) throw corrupt(file, `its header of ${length} bytes is above ${largestHeader}`)
  return Number(length)
}

/** The tensors of a header over the bytes that follow it. */
export function tensorsFrom(header: Uint8Array, data: Uint8Array, file: string): Safetensors {
  const { __metadata__: metadata, ...described } = parsed(header, file)
  const entries = Object.entries(described).map(([name, value]) => entryOf(name, value, file))
  checkTiling(entries, data.length, file)
  const tensors: Record<string, HostTensor> = Object.create(null)
  for (const { name, reading, dims, begin, end } of entries) {
    const aligned = (data.byteOffset + begin) % reading.bytes === 0
    const stretch = data.subarray(begin, end)
    const { buffer, byteOffset } = aligned ? stretch : new Uint8Array(stretch)
    const values = reading.view(buffer, byteOffset, (end - begin) / reading.bytes)
    tensors[name] = { dtype: reading.dtype, dims, data: values }
  }
  return { tensors, metadata: metadataOf(metadata, file) }
}

interface Entry {
  name: string
  reading: Reading
  dims: number[]
  begin: number
  end: number
}

function parsed(header: Uint8Array, file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header))
  } catch (error) {
    throw corrupt(file, `its header is not JSON: ${(error as Error).message}`)
  }
  if (!isRecord(value)) throw corrupt(file, 'its header is not a JSON object')
  return value
}

function entryOf(name: string, value: unknown, file: string): Entry {
  if (!isRecord(value)) throw corrupt(file, `the entry of '${name}' is not an object`)
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string') throw corrupt(file, `'${name}' has no dtype`)
  if (!Object.hasOwn(readings, dtype)) {
    throw new InterplayError('data/type', `'${name}' in '${file}' is ${dtype}, which is not read here`, {
      why: `read: ${Object.keys(readings).join(', ')}`,
    })
  }
  if (!areCounts(shape)) throw corrupt(file, `'${name}' has the shape ${JSON.stringify(shape)}`)
  if (!areCounts(offsets) || offsets.length !== 2) throw corrupt(file, `'${name}' has no pair of data_offsets`)
  const reading = readings[dtype]!
  const [begin, end] = offsets as [number, number]
  const count = shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, 1)
  if (end - begin !== count * reading.bytes) {
    throw corrupt(
      file,
      `'${name}' has ${end - begin} bytes, ${dtype} [${shape.join(', ')}] takes ${count * reading.bytes}`,
    )
  }
  return { name, reading, dims: shape, begin, end }
}

/** The tensors cover the data from end to end: no overlap, no hole, nothing behind. */
function checkTiling(entries: readonly Entry[], size: number, file: string): void {
  let position = 0
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position)
      throw corrupt(file, `'${name}' begins at byte ${begin} of the data, ${position} was expected`)
    position = end
  }
  if (position !== size) throw corrupt(file, `its tensors end at byte ${position} of ${size} of the data`)
}

function metadataOf(value: unknown, file: string): Record<string, string> {
  if (value === undefined) return {}
  if (!isRecord(value) || !Object.values(value).every(each => typeof each === 'string')) {
    throw corrupt(file, 'its metadata is not an object of texts')
  }
  return value as Record<string, string>
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const areCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(each => Number.isSafeInteger(each) && each >= 0)

const corrupt = (file: string, why: string): InterplayError =>
  new InterplayError('data/corrupt', `'${file}' is not a whole safetensors file`, { why })
