import './methods.ts'

export { addDimensions, multiplyDimensions, type Dimension, type Shape } from './dimension.ts'
export { type DataType, type HostTensor, type TypedArray } from './dtype.ts'
export { requireDevice } from './device.ts'
export type { Device } from './runtime/runtime.ts'
export { checkpoint } from './checkpoint.ts'
export { eager } from './eager.ts'
export { grad, hvp, jvp, topologicalOrder, vjp } from './gradient.ts'
export { hostDerived, hostValue, type HostContext, type HostFunction } from './host.ts'
export { hessian, jacobian } from './jacobian.ts'
export { perExampleGradients } from './per-example.ts'
export { Parameter, type Initializer, type ParameterOptions } from './parameter.ts'
export { compile, inspect, Program, type ProgramDefinition, type ProgramOptions, type Trace } from './program.ts'
export type { Feed } from './bind-feed.ts'
export type { Updates } from './updates.ts'
export type { Plan } from './plan.ts'
export { replaced } from './replaced.ts'
export { Chunk, State, type FlatOwner, type ParameterOwner, type StateTensor } from './state.ts'
export {
  bool,
  constant,
  float32,
  float64,
  int32,
  int64,
  Tensor,
  uint8,
  type TensorLike,
  type TensorType,
} from './tensor.ts'
export { touchedRows, type Rows } from './ops/sorted-segments.ts'
export type { BatchStatistics } from './ops/normalization.ts'
export type { ConvOptions, ConvTransposeOptions } from './ops/convolution.ts'
export { gemm } from './ops/matmul.ts'
export { scan, type ScanOptions, type ScanResult, type ScanStep } from './ops/scan.ts'
export { einsum } from './ops/einsum.ts'
export { concat, stack } from './ops/shape.ts'
export { randomNormal, randomUniform } from './ops/random.ts'
export { type Inspector } from './inspect.ts'
export { watching, type Watch } from './watch.ts'
export { type GradientLook, type Look, type Patch, type Sweep, type SweepRun } from './look.ts'
export { namedTensors } from './named-tensors.ts'
export { traceNamed, type NamedTrace } from './trace-named.ts'
export { importOnnx, type ImportOptions } from './onnx/import/import.ts'
export { ImportedModel, type ForwardLook } from './onnx/import/model.ts'
export { exportOnnx, type ModelDefinition } from './onnx/model.ts'
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts'
