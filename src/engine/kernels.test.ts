import { expect, it } from 'vitest'
import { allocate, isDataType, type DataType } from './dtype.ts'
import { topologicalOrder } from './gradient.ts'
import { isHostOperator } from './host.ts'
import { bool, int32, uint8, type Tensor, type TensorType } from './index.ts'
import { kernels } from './kernels.ts'
import type { OnnxNode, OnnxTensor } from './onnx/codec.ts'
import { runtime } from './runtime/node.ts'
import { testModel } from './runtime/testing.ts'
import { records } from './ops/records/index.ts'
import { input } from './tensor.ts'
import { Random } from '../random/index.ts'

const types = ['float32', 'float64', 'int32', 'int64', 'bool', 'uint8', 'float16'].filter(isDataType)

/** How an operator is used: shapes of the inputs of its own type, then constants, and attributes. */
interface Use {
  typed?: readonly (readonly number[])[]
  /** int64 constants that follow the typed inputs; `null` for one left out. */
  then?: readonly ({ dims: number[]; values: number[] } | null)[]
  before?: { dtype: DataType; dims: number[] }
  outputs?: number
  attributes?: OnnxNode['attributes']
  domain?: string
}

const matrix = [2, 2]
const image = [1, 1, 4, 4]
const numbers = (...values: number[]) => ({ dims: [values.length], values })
const int = (value: number) => ({ type: 'int', value }) as const
const ints = (...value: number[]) => ({ type: 'ints', value }) as const
const reduction = (value: string) => ({ reduction: { type: 'string', value } as const })
const pair: Use = { typed: [matrix, matrix] }
const binary = 'Add Sub Mul Div Min Max Less LessOrEqual Greater GreaterOrEqual Equal Pow MatMul And Or Xor Mod'
const scatter: Use = { typed: [matrix], then: [{ dims: [1, 2], values: [0, 1] }] }

const uses: Readonly<Record<string, Use>> = {
  ...Object.fromEntries(binary.split(' ').map(name => [name, pair])),
  Gemm: { ...pair, attributes: { transA: int(1) } },
  FusedMatMul: { ...pair, domain: 'com.microsoft', attributes: { transA: int(1) } },
  Gelu: { domain: 'com.microsoft' },
  Concat: { ...pair, attributes: { axis: int(0) } },
  Clip: { typed: [matrix, [], []] },
  Where: { ...pair, before: { dtype: 'bool', dims: matrix } },
  Reshape: { then: [numbers(4)] },
  Expand: { then: [numbers(3, 2, 2)] },
  Tile: { then: [numbers(1, 2)] },
  Split: { then: [numbers(1, 1)], outputs: 2 },
  Slice: { then: [numbers(0), numbers(1)] },
  Gather: { then: [numbers(0)] },
  GatherElements: { then: [{ dims: matrix, values: [0, 0, 1, 1] }] },
  GatherND: { then: [{ dims: [1, 1], values: [0] }] },
  Pad: { then: [numbers(0, 0, 1, 1)] },
  TopK: { then: [numbers(1)], outputs: 2 },
  CumSum: { then: [{ dims: [], values: [0] }] },
  ReduceSum: { then: [numbers(0)] },
  GridSample: { typed: [image, [1, 2, 2, 2]] },
  DFT: { typed: [[1, 4, 1]] },
  Conv: { typed: [image, [1, 1, 2, 2]] },
  ConvTranspose: { typed: [image, [1, 1, 2, 2]] },
  AveragePool: { typed: [image], attributes: { kernel_shape: ints(2, 2) } },
  MaxPool: { typed: [image], attributes: { kernel_shape: ints(2, 2) } },
  Col2Im: { typed: [[1, 4, 9]], then: [numbers(4, 4), numbers(2, 2)] },
  LayerNormalization: pair,
  Resize: { typed: [image], then: [null, null, numbers(1, 1, 8, 8)] },
  Range: { typed: [[], [], []] },
  ScatterElements: scatter,
  'ScatterElements:add': { ...scatter, attributes: reduction('add') },
  'ScatterElements:max': { ...scatter, attributes: reduction('max') },
  ScatterND: { typed: [matrix], then: [{ dims: [1, 1], values: [0] }] },
  'ScatterND:add': { typed: [matrix], then: [{ dims: [1, 1], values: [0] }], attributes: reduction('add') },
}

/** Whether the runtime makes a session of one node and runs it on ones. */
async function runs(kernel: string, dtype: DataType): Promise<boolean> {
  const { typed = [matrix], then = [], before, outputs = 1, attributes = {}, domain = '' } = uses[kernel] ?? {}
  const leaves = [...(before ? [before] : []), ...typed.map(dims => ({ dtype, dims }))]
  const inputs = leaves.map(({ dtype, dims }, i) => ({ name: `x${i}`, dtype, shape: dims }))
  const constants = then.flatMap((each, i): OnnxTensor[] =>
    each ? [{ name: `c${i}`, dtype: 'int64', dims: each.dims, data: BigInt64Array.from(each.values, BigInt) }] : [],
  )
  const [op] = kernel.split(':') as [string]
  const updates = op.startsWith('Scatter') ? [{ name: 'u', dtype, shape: [1, 2] }] : []
  const node: OnnxNode = {
    name: op,
    op,
    domain,
    inputs: [
      ...inputs.map(({ name }) => name),
      ...then.map((each, i) => (each ? `c${i}` : '')),
      ...updates.map(({ name }) => name),
    ],
    outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
    attributes,
  }
  const fed = [...inputs, ...updates]
  try {
    const graph = { nodes: [node], initializers: constants, inputs: fed, outputs: [{ name: 'y0' }] }
    await using session = await runtime.createSession(testModel(graph), { threads: 1, optimization: 'disabled' })
    const feeds = fed.map(({ name, dtype, shape }) => {
      const length = shape.reduce((size, extent) => size * extent, 1)
      const one = dtype === 'int64' ? 1n : dtype === 'float16' ? 0x3c00 : 1
      return [name, { dtype, dims: [...shape], data: allocate(dtype, length).fill(one as never) }]
    })
    await session.run(Object.fromEntries(feeds), { y0: null })
    return true
  } catch {
    return false
  }
}

it('lists exactly the types that the runtime runs', async () => {
  const wrong: string[] = []
  for (const [kernel, known] of kernels) {
    for (const dtype of types) {
      const does = await runs(kernel, dtype)
      if (does !== known.includes(dtype)) wrong.push(`${kernel} ${dtype}: ${does ? 'runs' : 'does not run'}`)
    }
  }
  expect(wrong).toEqual([])
}, 300_000)

const leaf = (type: TensorType): Tensor => input('x', type)

it('refuses a type without a kernel while tracing, and names operator and type', () => {
  expect(() => leaf(int32([3])).sqrt()).toThrow('Sqrt: the runtime has no kernel for int32')
  expect(() => leaf(uint8([2, 2])).matmul(leaf(uint8([2, 2])))).toThrow('Gemm: the runtime has no kernel for uint8')
  const flags = leaf(bool([3]))
  expect(() => flags.where(flags, flags)).toThrow('Where: the runtime has no kernel for bool')
  expect(() => leaf(int32([1, 1, 4, 4])).averagePool([2, 2])).toThrow(
    expect.objectContaining({
      code: 'engine/type',
      message: 'AveragePool: the runtime has no kernel for int32',
      why: 'it takes float32, float16',
      try: "x.cast('float32')",
    }),
  )
})

it('knows every operator that the builders write', () => {
  const unknown = new Set<string>()
  for (const { samples } of Object.values(records).flat()) {
    for (const { inputs, build } of samples(new Random(1))) {
      const leaves = inputs.map(({ dtype, shape }, i) =>
        input(`x${i}`, { dtype: dtype === 'float' ? 'float32' : dtype, shape }),
      )
      for (const { operator } of topologicalOrder([build(...leaves)].flat())) {
        const untyped = operator.leaf || operator.transparent || isHostOperator(operator)
        if (!untyped && ![...kernels.keys()].some(name => name.split(':')[0] === operator.name))
          unknown.add(operator.name)
      }
    }
  }
  expect([...unknown].sort()).toEqual(['Cast', 'Scan'])
})
