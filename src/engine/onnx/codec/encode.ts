import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf'
import { InterplayError } from '../../../errors/index.ts'
import { codeOf, countOf, elementOf, slotsFor } from './element.ts'
import type {
  Attribute,
  OnnxDimension,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  ValueInfo,
} from './types.ts'

/** Protobuf's own limit on one message. */
const largestFile = 2 ** 31 - 1

/**
 * The bytes of an ONNX file. Initialisers are written as little-endian `raw_data` and copied once, into the result.
 *
 * @throws InterplayError `onnx/size` when the file would pass the 2 GiB that protobuf allows.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const head = bytesOf(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    opsetImport: opsetOf(model.opset),
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    functions: model.functions.map(functionOf),
  })
  const graph = [
    bytesOf(GraphProtoSchema, graphOf({ ...model.graph, initializers: [] })),
    ...initializerPieces(model.graph.initializers),
  ]
  return joined([head, ...framed(ModelProtoSchema.field.graph.number, graph)])
}

type Init<Schema extends DescMessage> = Exclude<MessageInitShape<Schema>, { $typeName: string }>

const bytesOf = <Schema extends DescMessage>(schema: Schema, fields: MessageInitShape<Schema>): Uint8Array =>
  toBinary(schema, create(schema, fields))

/** Tensors of at least so many values are framed around their data; the library copies smaller ones faster. */
const framedFrom = 1024

/** Initialisers in order, as fields of their graph. */
function initializerPieces(tensors: readonly OnnxTensor[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let small: OnnxTensor[] = []
  const flush = () => {
    if (small.length > 0) pieces.push(bytesOf(GraphProtoSchema, { initializer: small.map(tensorOf) }))
    small = []
  }
  for (const tensor of tensors) {
    if (tensor.data.length < framedFrom) {
      small.push(tensor)
      continue
    }
    flush()
    pieces.push(...framed(GraphProtoSchema.field.initializer.number, tensorPieces(tensor)))
  }
  flush()
  return pieces
}

/** A tensor without copying its data: the protobuf head, then `raw_data`. */
function tensorPieces(tensor: OnnxTensor): Uint8Array[] {
  const fields = tensorOf(tensor)
  const data = fields.rawData
  if (!data) return [bytesOf(TensorProtoSchema, fields)]
  delete fields.rawData
  return [bytesOf(TensorProtoSchema, fields), ...framed(TensorProtoSchema.field.rawData.number, [data])]
}

/** The pieces as one length-delimited field. */
function framed(field: number, pieces: Uint8Array[]): Uint8Array[] {
  const prefix = new BinaryWriter()
    .tag(field, WireType.LengthDelimited)
    .uint32(withinLimit(lengthOf(pieces)))
    .finish()
  return [prefix, ...pieces]
}

const lengthOf = (pieces: Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0)

function joined(pieces: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(withinLimit(lengthOf(pieces)))
  let position = 0
  for (const piece of pieces) {
    bytes.set(piece, position)
    position += piece.length
  }
  return bytes
}

function withinLimit(length: number): number {
  if (length <= largestFile) return length
  throw new InterplayError('onnx/size', `the ONNX file would be ${length.toLocaleString('en')} bytes`, {
    why: `protobuf files end at ${largestFile.toLocaleString('en')} bytes`,
  })
}

const opsetOf = (opset: Record<string, number>) =>
  Object.entries(opset).map(([domain, version]) => ({ domain, version: BigInt(version) }))

const graphOf = (graph: OnnxGraph): Init<typeof GraphProtoSchema> => ({
  name: graph.name,
  node: graph.nodes.map(nodeOf),
  initializer: graph.initializers.map(tensorOf),
  input: graph.inputs.map(valueOf),
  output: graph.outputs.map(valueOf),
  valueInfo: graph.values?.map(valueOf),
})

const nodeOf = (node: OnnxNode): Init<typeof NodeProtoSchema> => ({
  name: node.name,
  opType: node.op,
  domain: node.domain || undefined,
  input: [...node.inputs],
  output: [...node.outputs],
  attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeOf(name, attribute)),
})

const functionOf = (body: OnnxFunction): Init<typeof FunctionProtoSchema> => ({
  name: body.name,
  domain: body.domain,
  input: [...body.inputs],
  output: [...body.outputs],
  attribute: [...body.parameters],
  attributeProto: Object.entries(body.defaults).map(([name, attribute]) => attributeOf(name, attribute)),
  opsetImport: opsetOf(body.opset),
  node: body.nodes.map(nodeOf),
})

const text = new TextEncoder()

function attributeOf(name: string, attribute: Attribute): Init<typeof AttributeProtoSchema> {
  switch (attribute.type) {
    case 'float':
      return { name, type: AttributeType.FLOAT, f: attribute.value }
    case 'int':
      return { name, type: AttributeType.INT, i: BigInt(attribute.value) }
    case 'string':
      return { name, type: AttributeType.STRING, s: text.encode(attribute.value) }
    case 'tensor':
      return { name, type: AttributeType.TENSOR, t: tensorOf(attribute.value) }
    case 'graph':
      return { name, type: AttributeType.GRAPH, g: graphOf(attribute.value) }
    case 'floats':
      return { name, type: AttributeType.FLOATS, floats: [...attribute.value] }
    case 'ints':
      return { name, type: AttributeType.INTS, ints: attribute.value.map(BigInt) }
    case 'strings':
      return { name, type: AttributeType.STRINGS, strings: attribute.value.map(each => text.encode(each)) }
    case 'reference':
      return { name, refAttrName: attribute.value, type: AttributeType[attribute.of] }
    case 'other':
      throw new InterplayError('internal/onnx', `attribute '${name}' of type ${attribute.value} cannot be written`)
  }
}

function tensorOf({ name, dtype, dims, data }: OnnxTensor): Init<typeof TensorProtoSchema> {
  const element = elementOf(dtype)
  const needed = element ? slotsFor(element, countOf(dims)) : countOf(dims)
  const suits = element ? data instanceof element.array : Array.isArray(data)
  if (!suits || data.length !== needed) {
    throw new InterplayError('internal/onnx', `tensor '${name}' is ${dtype} [${dims.join(', ')}], its data is not`, {
      why: `${data.length} values in ${data.constructor.name}, ${needed} expected`,
    })
  }
  const head = { name, dataType: codeOf(dtype), dims: dims.map(BigInt) }
  if (ArrayBuffer.isView(data)) {
    return { ...head, rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength) }
  }
  return { ...head, stringData: data.map(each => text.encode(each)) }
}

function valueOf({ name, dtype, shape, container }: ValueInfo): Init<typeof ValueInfoProtoSchema> {
  if (!dtype && !shape && !container) return { name }
  const tensor = { elemType: dtype && codeOf(dtype), shape: shape && { dim: shape.map(dimensionOf) } }
  const type: Init<typeof TypeProtoSchema> = { value: { case: 'tensorType', value: tensor } }
  if (!container) return { name, type }
  if (container === 'sequence') return { name, type: { value: { case: 'sequenceType', value: { elemType: type } } } }
  if (container === 'optional') return { name, type: { value: { case: 'optionalType', value: { elemType: type } } } }
  throw new InterplayError('internal/onnx', `value '${name}' of a ${container} type cannot be written`)
}

function dimensionOf(dimension: OnnxDimension) {
  if (typeof dimension === 'number') return { value: { case: 'dimValue' as const, value: BigInt(dimension) } }
  return dimension === '' ? {} : { value: { case: 'dimParam' as const, value: dimension } }
}
