import { InterplayError } from '../errors/index.ts'
import type { DataType } from './dtype.ts'
import type { Attributes, Operator, Tensor } from './tensor.ts'

type Types = readonly DataType[]

const single: Types = ['float32', 'float16']
const floats: Types = ['float32', 'float64', 'float16']
const signed: Types = ['float32', 'float64', 'int32', 'int64', 'float16']
const numbers: Types = [...signed, 'uint8']
const all: Types = [...numbers, 'bool']
const logical: Types = ['bool']
const added: Types = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']

const entries = (types: Types, names: string): [string, Types][] => names.split(' ').map(name => [name, types])

/**
 * The element types that the runtime's CPU kernels take, by operator (`ScatterElements:add` with its reduction), of the
 * operators that are written here: opset 21 and `com.microsoft`, ONNX Runtime 1.30, native and WebAssembly alike. A
 * schema that allows a type is no kernel for it. Operators that are not listed are left to the runtime.
 */
export const kernels: ReadonlyMap<string, Types> = new Map([
  ...entries(all, 'Reshape Transpose Expand Tile Concat Split Slice Gather GatherElements GatherND Pad Equal'),
  ...entries(all, 'ScatterElements ScatterND ReduceMax ReduceMin'),
  ...entries(numbers, 'Abs Sign Add Sub Mul Div Min Max Clip Less LessOrEqual Greater GreaterOrEqual'),
  ...entries(numbers, 'ArgMax ArgMin TopK Where'),
  ...entries(signed, 'Neg Pow MatMul CumSum ReduceSum ReduceMean ReduceProd ReduceL2 ReduceSumSquare'),
  ...entries(signed, 'ReduceLogSumExp'),
  ...entries(floats, 'Exp Log Sqrt Reciprocal Sin Cos Tanh Sigmoid Floor Ceil Round IsNaN IsInf Softmax LogSoftmax'),
  ...entries(floats, 'Gemm FusedMatMul GridSample DFT'),
  ...entries(single, 'Erf Conv ConvTranspose AveragePool Col2Im Gelu'),
  ...entries(single, 'Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh'),
  ...entries(logical, 'And Or Xor Not'),
  ['LayerNormalization', floats],
  ['Relu', ['float32', 'float64', 'int32', 'float16']],
  ['MaxPool', [...floats, 'uint8']],
  ['Resize', [...single, 'int32', 'uint8']],
  ['Range', ['float32', 'float64', 'int32', 'int64']],
  ['Trilu', [...signed, 'bool']],
  ['Mod', ['int32', 'int64', 'uint8']],
  ...entries(added, 'ScatterElements:add ScatterND:add'),
  ['ScatterElements:max', numbers],
])

/** Whose type chooses the kernel: the first input, but for Where, whose first is its condition. */
const typedInput = (name: string): number => (name === 'Where' ? 1 : 0)

const kernelName = (name: string, { reduction }: Attributes): string =>
  reduction && reduction.value !== 'none' ? `${name}:${reduction.value as string}` : name

/** Throws `engine/type` where the runtime has no kernel of the operator for its input's type. */
export function requireKernel(
  { name }: Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
): void {
  const types = kernels.get(kernelName(name, attributes))
  const dtype = inputs[typedInput(name)]?.dtype
  if (!types || !dtype || types.includes(dtype)) return
  const other = types.find(type => type === 'float32') ?? types[0]!
  throw new InterplayError('engine/type', `${name}: the runtime has no kernel for ${dtype}`, {
    why: `it takes ${types.join(', ')}`,
    try: `x.cast('${other}')`,
    details: { operator: name, dtype, types },
  })
}
