import { fromBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type OperatorSetIdProto,
  type TensorShapeProto_Dimension,
  type TypeProto,
  type ValueInfoProto,
} from 'onnx-buf'
import { checkWire, corrupt, defaultLimits, type Limits } from '../limits.ts'
import { typeOfCode } from './element.ts'
import { noExternalData, tensorFrom, type ExternalData, type TensorSource } from './tensor.ts'
import type { Attribute, OnnxDimension, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from './types.ts'

export interface DecodeOptions {
  /** The file's name in errors. */
  file?: string
  /** Bytes of weights stored beside the model; without it such a model is refused. */
  external?: ExternalData
  limits?: Partial<Limits>
}

/**
 * Reads an ONNX file of unknown origin. Weights are views into `bytes` where they are aligned.
 *
 * @throws InterplayError `onnx/corrupt` for what is no whole ONNX file, `onnx/size` beyond a limit, `onnx/outside` for
 *   external data without `external`.
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): OnnxModel {
  const file = options.file ?? 'model.onnx'
  return modelFrom(parseModel(bytes, file, options.limits), {
    file,
    external: options.external ?? noExternalData(file),
  })
}

/** The protobuf message, checked against the wire format and the limits. */
export function parseModel(bytes: Uint8Array, file: string, limits: Partial<Limits> = {}): ModelProto {
  const bounds = { ...defaultLimits, ...limits }
  checkWire(ModelProtoSchema, bytes, file, bounds)
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false, recursionLimit: bounds.depth })
  } catch (error) {
    throw corrupt(file, (error as Error).message)
  }
}

/** The plain form of a parsed model. */
export function modelFrom(proto: ModelProto, source: TensorSource): OnnxModel {
  const { graph } = proto
  if (!graph) throw corrupt(source.file, 'it has no graph')
  const reader = new Reader(source)
  return {
    irVersion: Number(proto.irVersion),
    opset: opsetFrom(proto.opsetImport),
    producer: { name: proto.producerName, version: proto.producerVersion },
    metadata: record(proto.metadataProps.map(({ key, value }) => [key, value])),
    graph: reader.graph(graph),
    functions: proto.functions.map(each => reader.function(each)),
  }
}

/** Keys come from the file: an object without a prototype has no `constructor` or `__proto__` to meet. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const result: Record<string, T> = Object.create(null)
  for (const [key, value] of entries) result[key] = value
  return result
}

const domainOf = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

const opsetFrom = (imports: readonly OperatorSetIdProto[]): Record<string, number> =>
  record(imports.map(({ domain, version }) => [domainOf(domain), Number(version)]))

class Reader {
  private readonly text = new TextDecoder()

  constructor(private readonly source: TensorSource) {}

  graph(proto: GraphProto): OnnxGraph {
    if (proto.sparseInitializer.length > 0) throw corrupt(this.source.file, 'it has sparse initialisers')
    return {
      name: proto.name,
      nodes: proto.node.map(each => this.node(each)),
      initializers: proto.initializer.map(each => tensorFrom(each, this.source)),
      inputs: proto.input.map(valueFrom),
      outputs: proto.output.map(valueFrom),
    }
  }

  function(proto: FunctionProto): OnnxFunction {
    return {
      name: proto.name,
      domain: domainOf(proto.domain),
      inputs: proto.input,
      outputs: proto.output,
      parameters: proto.attribute,
      defaults: this.attributes(proto.attributeProto),
      opset: opsetFrom(proto.opsetImport),
      nodes: proto.node.map(each => this.node(each)),
    }
  }

  private node(proto: NodeProto): OnnxNode {
    return {
      name: proto.name,
      op: proto.opType,
      domain: domainOf(proto.domain),
      inputs: proto.input,
      outputs: proto.output,
      attributes: this.attributes(proto.attribute),
    }
  }

  private attributes(protos: readonly AttributeProto[]): Record<string, Attribute> {
    return record(protos.map(proto => [proto.name, this.attribute(proto)]))
  }

  private attribute(proto: AttributeProto): Attribute {
    if (proto.refAttrName) {
      return {
        type: 'reference',
        value: proto.refAttrName,
        of: AttributeType[proto.type] as keyof typeof AttributeType,
      }
    }
    switch (typeOf(proto)) {
      case AttributeType.FLOAT:
        return { type: 'float', value: proto.f }
      case AttributeType.INT:
        return { type: 'int', value: safeInteger(proto.i) }
      case AttributeType.STRING:
        return { type: 'string', value: this.text.decode(proto.s) }
      case AttributeType.TENSOR:
        if (!proto.t) break
        return { type: 'tensor', value: tensorFrom(proto.t, this.source) }
      case AttributeType.GRAPH:
        if (!proto.g) break
        return { type: 'graph', value: this.graph(proto.g) }
      case AttributeType.FLOATS:
        return { type: 'floats', value: proto.floats }
      case AttributeType.INTS:
        return { type: 'ints', value: proto.ints.map(safeInteger) }
      case AttributeType.STRINGS:
        return { type: 'strings', value: proto.strings.map(each => this.text.decode(each)) }
      default:
        return { type: 'other', value: AttributeType[proto.type] ?? 'UNDEFINED' }
    }
    throw corrupt(this.source.file, `attribute '${proto.name}' holds no ${AttributeType[proto.type]}`)
  }
}

/** The declared type; files of IR version 1 declare none and are read by what they hold. */
function typeOf(proto: AttributeProto): AttributeType {
  if (proto.type !== AttributeType.UNDEFINED) return proto.type
  if (proto.t) return AttributeType.TENSOR
  if (proto.g) return AttributeType.GRAPH
  if (proto.ints.length) return AttributeType.INTS
  if (proto.floats.length) return AttributeType.FLOATS
  if (proto.strings.length) return AttributeType.STRINGS
  if (proto.s.length) return AttributeType.STRING
  if (proto.f !== 0) return AttributeType.FLOAT
  return AttributeType.INT
}

function safeInteger(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER)
  return Number(value > limit ? limit : value < -limit ? -limit : value)
}

function valueFrom({ name, type }: ValueInfoProto): ValueInfo {
  return { name, ...(type && typeFrom(type)) }
}

function typeFrom({ value }: TypeProto): Omit<ValueInfo, 'name'> {
  switch (value.case) {
    case 'tensorType':
      return {
        ...(typeOfCode(value.value.elemType) && { dtype: typeOfCode(value.value.elemType) }),
        ...(value.value.shape && { shape: value.value.shape.dim.map(dimensionFrom) }),
      }
    case 'sequenceType':
      return contained('sequence', value.value.elemType)
    case 'optionalType':
      return contained('optional', value.value.elemType)
    case 'mapType':
      return { container: 'map' }
    case 'sparseTensorType':
      return { container: 'sparse' }
    default:
      return {}
  }
}

function contained(container: 'sequence' | 'optional', element: TypeProto | undefined): Omit<ValueInfo, 'name'> {
  const inner = element ? typeFrom(element) : {}
  return inner.container ? { container: 'opaque' } : { ...inner, container }
}

/** Exporters write -1 for extents they do not know. */
function dimensionFrom({ value }: TensorShapeProto_Dimension): OnnxDimension {
  if (value.case === 'dimParam') return value.value
  if (value.case === 'dimValue' && value.value >= 0n) return safeInteger(value.value)
  return ''
}
