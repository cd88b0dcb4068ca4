import { isFieldSet } from '@bufbuild/protobuf'
import {
  TensorProto_DataLocation as Location,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type TensorProto,
} from 'onnx-buf'
import { InterplayError } from '../../../errors/index.ts'
import { corrupt } from '../limits.ts'
import { countOf, elementOfCode, slotsFor, typeOfCode, type Element } from './element.ts'
import type { OnnxTensor, TensorData } from './types.ts'

/** A stretch of a file beside the model. */
export interface ExternalReference {
  location: string
  offset: number
  length: number
}

/** Answers with exactly `length` bytes. */
export type ExternalData = (reference: ExternalReference) => Uint8Array

export interface TensorSource {
  /** The file's name, for errors. */
  file: string
  external: ExternalData
}

/**
 * A tensor in any of its storages. Data is a view into the file where its alignment allows, else one copy.
 *
 * @throws InterplayError `onnx/corrupt` when dims and stored values disagree, before anything is allocated for the dims.
 */
export function tensorFrom(proto: TensorProto, source: TensorSource): OnnxTensor {
  const { name } = proto
  const dtype = typeOfCode(proto.dataType)
  if (!dtype) throw corrupt(source.file, `tensor '${name}' has the unknown type ${proto.dataType}`)
  const dims = proto.dims.map(extent => dimensionOf(extent, name, source.file))
  const element = elementOfCode(proto.dataType)
  if (!element) {
    expectLength(proto.stringData.length, countOf(dims), name, source.file)
    const text = new TextDecoder()
    return { name, dtype, dims, data: proto.stringData.map(bytes => text.decode(bytes)) }
  }
  return { name, dtype, dims, data: dataFrom(proto, element, slotsFor(element, countOf(dims)), source) }
}

/** Where a tensor's external data lies; undefined when its data is in the model file. */
export function externalReference(proto: TensorProto, file: string): ExternalReference | undefined {
  if (proto.dataLocation !== Location.EXTERNAL) return undefined
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]))
  const location = entries.get('location')
  if (!location) throw corrupt(file, `tensor '${proto.name}' is external and names no file`)
  const element = elementOfCode(proto.dataType)
  if (!element) throw corrupt(file, `tensor '${proto.name}' stores strings outside the file`)
  const needed = slotsFor(element, countOf(proto.dims.map(Number))) * element.array.BYTES_PER_ELEMENT
  const [offset, length] = [entries.get('offset') ?? '0', entries.get('length') ?? String(needed)].map(Number)
  if (!isCount(offset!) || !isCount(length!)) {
    throw corrupt(
      file,
      `tensor '${proto.name}' lies at offset '${entries.get('offset')}', length '${entries.get('length')}'`,
    )
  }
  expectLength(length!, needed, proto.name, file, 'bytes outside the file')
  return { location, offset: offset!, length: length! }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function dimensionOf(extent: bigint, name: string, file: string): number {
  const value = Number(extent)
  if (!isCount(value)) throw corrupt(file, `tensor '${name}' has an extent of ${extent}`)
  return value
}

function expectLength(held: number, needed: number, name: string, file: string, unit = 'values'): void {
  if (held === needed) return
  const [has, declares] = [held, needed].map(value => value.toLocaleString('en'))
  throw corrupt(file, `tensor '${name}' holds ${has} ${unit}, its dims declare ${declares}`)
}

function dataFrom(proto: TensorProto, element: Element, slots: number, source: TensorSource): TensorData {
  const reference = externalReference(proto, source.file)
  if (reference) return viewOf(source.external(reference), element)
  if (isFieldSet(proto, TensorProtoSchema.field.rawData)) {
    const bytes = slots * element.array.BYTES_PER_ELEMENT
    expectLength(proto.rawData.length, bytes, proto.name, source.file, 'bytes of raw data')
    return viewOf(proto.rawData, element)
  }
  const values = typedField(proto, element)
  expectLength(values.length, slots, proto.name, source.file)
  return element.array.from(values)
}

function viewOf(bytes: Uint8Array, { array }: Element): TensorData {
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0
  const { buffer, byteOffset, byteLength } = aligned ? bytes : new Uint8Array(bytes)
  return new array(buffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT)
}

/** The field that holds a type's values when `raw_data` does not; narrow types are widened to int32 there. */
function typedField(proto: TensorProto, { code }: Element): number[] | bigint[] {
  switch (code) {
    case DataType.FLOAT:
    case DataType.COMPLEX64:
      return proto.floatData
    case DataType.DOUBLE:
    case DataType.COMPLEX128:
      return proto.doubleData
    case DataType.INT64:
      return proto.int64Data
    case DataType.UINT64:
      return proto.uint64Data
    case DataType.UINT32:
      return proto.uint64Data.map(Number)
    default:
      return proto.int32Data
  }
}

/** For readers without a folder: any reference outside the file is refused. */
export function noExternalData(file: string): ExternalData {
  return ({ location }) => {
    throw new InterplayError('onnx/outside', `'${file}' refers to a file outside itself`, {
      why: `weights lie in '${location}'`,
    })
  }
}
