/** ONNX files as plain values and back, over the official protobuf schema. */
export { encodeModel } from './codec/encode.ts'
export { decodeModel, type DecodeOptions } from './codec/decode.ts'
export { type ExternalData, type ExternalReference } from './codec/tensor.ts'
export { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './codec/float16.ts'
export type {
  Attribute,
  AttributeTypeName,
  OnnxDimension,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxType,
  TensorData,
  ValueInfo,
} from './codec/types.ts'
