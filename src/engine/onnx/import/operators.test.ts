import { describe, expect, it } from 'vitest'
import { Random } from '../../../random/index.ts'
import { importOnnx, type HostTensor } from '../../index.ts'
import { runtime } from '../../runtime/node.ts'
import { testModel } from '../../runtime/testing.ts'
import type { Attribute, OnnxNode, OnnxTensor } from '../codec.ts'
import { readers } from './operators.ts'
import { difference } from './testing.ts'

const float = (value: number): Attribute => ({ type: 'float', value })
const int = (value: number): Attribute => ({ type: 'int', value })
const ints = (...value: number[]): Attribute => ({ type: 'ints', value })
const text = (value: string): Attribute => ({ type: 'string', value })

const random = new Random(31, 'operators')
const filled = (dims: number[], draw: () => number): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, draw),
})
const normal = (...dims: number[]): HostTensor => filled(dims, () => random.normal())
const positive = (...dims: number[]): HostTensor => filled(dims, () => Math.abs(random.normal()) + 0.3)
const unit = (...dims: number[]): HostTensor => filled(dims, () => random.uniform() * 1.8 - 0.9)
const above = (...dims: number[]): HostTensor => filled(dims, () => random.uniform() + 1.1)

/** Values that every case may read; floating ones are fed, so that nothing is folded away before it is read. */
const feeds: Record<string, HostTensor> = {
  x: normal(2, 3, 4),
  y: normal(2, 3, 4),
  row: normal(4),
  column: normal(3, 1),
  positive: positive(2, 3, 4),
  unit: unit(2, 3, 4),
  above: above(2, 3, 4),
  image: normal(2, 4, 6, 6),
  line: normal(2, 4, 9),
  square: normal(3, 4, 4),
  other: normal(4, 4),
  grid: unit(2, 3, 5, 2),
  channels: normal(4),
  more: positive(4),
  series: normal(5, 2, 3),
  ids: { dtype: 'int64', dims: [2, 3], data: BigInt64Array.of(0n, 3n, 1n, 2n, 2n, 0n) },
  whole: { dtype: 'int64', dims: [4], data: BigInt64Array.of(7n, -7n, 5n, 9n) },
  flags: { dtype: 'bool', dims: [3, 1], data: Uint8Array.of(1, 0, 1) },
  marks: { dtype: 'bool', dims: [3, 1], data: Uint8Array.of(1, 1, 0) },
}

const stored = (
  name: string,
  dtype: 'int64' | 'float32' | 'bool',
  dims: number[],
  ...values: number[]
): OnnxTensor => ({
  name,
  dtype,
  dims,
  data:
    dtype === 'int64'
      ? BigInt64Array.from(values, BigInt)
      : dtype === 'bool'
        ? Uint8Array.from(values)
        : Float32Array.from(values),
})

const constants: OnnxTensor[] = [
  stored('one', 'float32', [], 1),
  stored('two', 'float32', [], 2),
  stored('three', 'float32', [], 3),
  stored('half', 'float32', [], 0.5),
  stored('third', 'float32', [1], 1 / 3),
  stored('minus', 'float32', [], -0.4),
  stored('axis0', 'int64', [1], 0),
  stored('axis1', 'int64', [1], 1),
  stored('axis2', 'int64', [1], -1),
  stored('axes02', 'int64', [2], 0, 2),
  stored('scalar1', 'int64', [], 1),
  stored('last', 'int64', [], -1),
  stored('pair', 'int64', [2], 2, 0),
  stored('starts', 'int64', [2], 0, -3),
  stored('ends', 'int64', [2], 2 ** 52, 3),
  stored('steps', 'int64', [2], 2, 1),
  stored('back', 'int64', [1], -1),
  stored('backEnd', 'int64', [1], -(2 ** 52)),
  stored('shape1', 'int64', [3], 0, -1, 2),
  stored('shape2', 'int64', [4], 3, 1, 1, 4),
  stored('repeats', 'int64', [3], 1, 2, 3),
  stored('pads', 'int64', [6], 0, 1, 0, 0, 0, 2),
  stored('pads2', 'int64', [4], 1, -1, 2, 2),
  stored('reflected', 'int64', [6], 0, 1, 2, 0, 2, 1),
  stored('sizes', 'int64', [2], 1, 3),
  stored('depth', 'int64', [1], 4),
  stored('onOff', 'float32', [2], -1, 2),
  stored('scales', 'float32', [4], 1, 1, 2, 0.5),
  stored('doubled', 'float32', [4], 1, 1, 2, 2),
  stored('resized', 'int64', [4], 2, 4, 9, 4),
  stored('seven', 'int64', [], 7),
  stored('points', 'int64', [2, 2], 1, 0, 0, 2),
  stored('mixed', 'int64', [2, 3, 1], 1, 3, 0, 2, 2, 1),
  stored('kernel', 'float32', [6, 2, 3, 3], ...Array.from({ length: 108 }, () => random.normal())),
  stored('kernelUp', 'float32', [4, 2, 3, 3], ...Array.from({ length: 72 }, () => random.normal())),
  stored('kernelLine', 'float32', [5, 4, 4], ...Array.from({ length: 80 }, () => random.normal())),
  stored('biasSix', 'float32', [6], ...Array.from({ length: 6 }, () => random.normal())),
  stored('w', 'float32', [2, 16, 3], ...Array.from({ length: 96 }, () => random.normal() * 0.4)),
  stored('r', 'float32', [2, 16, 4], ...Array.from({ length: 128 }, () => random.normal() * 0.4)),
  stored('b', 'float32', [2, 32], ...Array.from({ length: 64 }, () => random.normal() * 0.4)),
  stored('wg', 'float32', [1, 12, 3], ...Array.from({ length: 36 }, () => random.normal() * 0.4)),
  stored('rg', 'float32', [1, 12, 4], ...Array.from({ length: 48 }, () => random.normal() * 0.4)),
  stored('bg', 'float32', [1, 24], ...Array.from({ length: 24 }, () => random.normal() * 0.4)),
  stored('wr', 'float32', [1, 4, 3], ...Array.from({ length: 12 }, () => random.normal() * 0.4)),
  stored('rr', 'float32', [1, 4, 4], ...Array.from({ length: 16 }, () => random.normal() * 0.4)),
]

type Case = [op: string, inputs: string, attributes?: Record<string, Attribute>, outputs?: number]

const cases: Record<string, Case[]> = {
  elementwise: [
    ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].flatMap(
      (op): Case[] => [
        [op, 'x row'],
        [op, 'column y'],
      ],
    ),
    ...['Min', 'Max', 'Sum', 'Mean'].map((op): Case => [op, 'x row column']),
    ...[
      'Neg',
      'Abs',
      'Sign',
      'Exp',
      'Sin',
      'Cos',
      'Tan',
      'Erf',
      'Floor',
      'Ceil',
      'Round',
      'Sinh',
      'Cosh',
      'Asinh',
      'Atan',
      'IsNaN',
      'IsInf',
      'Identity',
    ].map((op): Case => [op, 'x']),
    ...['Log', 'Sqrt', 'Reciprocal'].map((op): Case => [op, 'positive']),
    ...['Asin', 'Acos', 'Atanh'].map((op): Case => [op, 'unit']),
    ['Acosh', 'above'],
    ...['two', 'three', 'half', 'third'].map((exponent): Case => ['Pow', `positive ${exponent}`]),
    ['Pow', 'positive row'],
    ['Mod', 'whole seven'],
    ['Mod', 'x row', { fmod: int(1) }],
    ['Div', 'whole seven'],
    ...['And', 'Or', 'Xor'].map((op): Case => [op, 'flags marks']),
    ['Not', 'flags'],
    ['Where', 'flags x row'],
    ['Clip', 'x minus half'],
    ['Clip', 'x minus'],
    ['Clip', 'x  half'],
    ['Clip', 'whole  seven'],
    ['Cast', 'x', { to: int(7) }],
    ['Cast', 'flags', { to: int(1) }],
    ['CastLike', 'ids x'],
  ],
  activations: [
    ...[
      'Relu',
      'Tanh',
      'Sigmoid',
      'Softplus',
      'Softsign',
      'Mish',
      'HardSigmoid',
      'HardSwish',
      'LeakyRelu',
      'ThresholdedRelu',
      'Elu',
      'Celu',
      'Selu',
      'Gelu',
      'Softmax',
      'LogSoftmax',
    ].map((op): Case => [op, 'x']),
    ['HardSigmoid', 'x', { alpha: float(0.4), beta: float(0.3) }],
    ['LeakyRelu', 'x', { alpha: float(0.3) }],
    ['ThresholdedRelu', 'x', { alpha: float(0.2) }],
    ['Elu', 'x', { alpha: float(0.7) }],
    ['Celu', 'x', { alpha: float(1.7) }],
    ['Selu', 'x', { alpha: float(1.2), gamma: float(0.8) }],
    ['Gelu', 'x', { approximate: text('tanh') }],
    ['PRelu', 'x row'],
    ['PRelu', 'x column'],
    ['Softmax', 'x', { axis: int(1) }],
    ['LogSoftmax', 'x', { axis: int(-2) }],
  ],
  reductions: [
    ...[
      'ReduceSum',
      'ReduceMean',
      'ReduceMax',
      'ReduceMin',
      'ReduceProd',
      'ReduceL1',
      'ReduceL2',
      'ReduceLogSumExp',
      'ReduceSumSquare',
    ].flatMap((op): Case[] => [
      [op, 'x axis1'],
      [op, 'x axes02', { keepdims: int(0) }],
      [op, 'x'],
    ]),
    ['ReduceLogSum', 'positive axis2'],
    ['ReduceSum', 'x ', { noop_with_empty_axes: int(1) }],
    ['ArgMax', 'x'],
    ['ArgMin', 'x', { axis: int(-1), keepdims: int(0) }],
    ['CumSum', 'x scalar1'],
    ['CumSum', 'x last', { exclusive: int(1), reverse: int(1) }],
  ],
  shapes: [
    ['Shape', 'x'],
    ['Shape', 'x', { start: int(1), end: int(-1) }],
    ['Size', 'x'],
    ['Reshape', 'x shape1'],
    ['Flatten', 'image'],
    ['Flatten', 'image', { axis: int(-1) }],
    ['Flatten', 'image', { axis: int(0) }],
    ['Unsqueeze', 'x axes02'],
    ['Squeeze', 'column'],
    ['Squeeze', 'column axis1'],
    ['Transpose', 'x'],
    ['Transpose', 'x', { perm: ints(1, 2, 0) }],
    ['Expand', 'row shape2'],
    ['Tile', 'x repeats'],
    ['Concat', 'x y', { axis: int(-1) }],
    ['Trilu', 'square'],
    ['Trilu', 'square last', { upper: int(0) }],
    ['Trilu', 'square scalar1'],
    ['DepthToSpace', 'image', { blocksize: int(2) }],
    ['DepthToSpace', 'image', { blocksize: int(2), mode: text('CRD') }],
    ['SpaceToDepth', 'image', { blocksize: int(3) }],
    ['ConstantOfShape', 'shape2', { value: { type: 'tensor', value: stored('', 'float32', [1], 2.5) } }],
    ['ConstantOfShape', 'shape2'],
    ['Range', 'minus three half'],
  ],
  selections: [
    ['Gather', 'other ids'],
    ['Gather', 'x pair', { axis: int(-1) }],
    ['Gather', 'x last', { axis: int(1) }],
    ['Slice', 'x starts ends'],
    ['Slice', 'x starts ends axes02 steps'],
    ['Slice', 'x back backEnd axis1 back'],
    ['Split', 'x sizes', { axis: int(2) }, 2],
    ['Split', 'x', { axis: int(1), num_outputs: int(2) }, 2],
    ['Pad', 'x pads'],
    ['Pad', 'x pads half'],
    ['Pad', 'x pads2 half axes02'],
    ...['reflect', 'edge', 'wrap'].map((mode): Case => ['Pad', 'x reflected', { mode: text(mode) }]),
    ['GatherElements', 'x mixed', { axis: int(2) }],
    ['GatherND', 'x points'],
    ['ScatterND', 'x points row4'],
    ['ScatterElements', 'x mixed ones', { axis: int(-1) }],
    ['ScatterElements', 'x mixed ones', { axis: int(-1), reduction: text('add') }],
    ['TopK', 'x axis1', {}, 2],
    ['TopK', 'x sizeTwo', { axis: int(1), largest: int(0) }, 2],
    ['OneHot', 'ids depth onOff'],
    ['OneHot', 'ids depth onOff', { axis: int(1) }],
  ],
  products: [
    ['MatMul', 'square other'],
    ['MatMul', 'x row'],
    ['Gemm', 'other other'],
    ['Gemm', 'other other row', { transA: int(1), alpha: float(0.5), beta: float(2) }],
    ['Gemm', 'other other row', { transB: int(1) }],
    ['Einsum', 'x other', { equation: text('abc,cd->bda') }],
  ],
  normalizations: [
    ['LayerNormalization', 'x row row'],
    ['LayerNormalization', 'x row', { epsilon: float(0.1) }],
    ['LayerNormalization', 'square other other', { axis: int(1) }],
    ['LayerNormalization', 'square row row', { axis: int(1) }],
    ['BatchNormalization', 'image channels channels row more', { epsilon: float(0.01) }],
    ['InstanceNormalization', 'image channels row'],
    ['GroupNormalization', 'image channels row', { num_groups: int(2) }],
    ['LpNormalization', 'x'],
    ['LpNormalization', 'x', { axis: int(0), p: int(1) }],
    ['MeanVarianceNormalization', 'image'],
    ['Dropout', 'x half'],
  ],
  windows: [
    ['Conv', 'image kernel biasSix', { group: int(2), pads: ints(1, 0, 2, 1), strides: ints(2, 1) }],
    ['Conv', 'image kernel', { group: int(2), strides: ints(3, 2), auto_pad: text('SAME_UPPER') }],
    ['Conv', 'image kernel', { group: int(2), strides: ints(2, 2), auto_pad: text('SAME_LOWER') }],
    ['Conv', 'line kernelLine', { auto_pad: text('VALID') }],
    ['ConvTranspose', 'image kernelUp', { strides: ints(2, 2), output_padding: ints(1, 0), pads: ints(1, 1, 1, 1) }],
    ['MaxPool', 'image', { kernel_shape: ints(3, 2), strides: ints(2, 2), ceil_mode: int(1), pads: ints(1, 0, 0, 1) }],
    ['MaxPool', 'image', { kernel_shape: ints(2, 2), dilations: ints(2, 2) }],
    ['AveragePool', 'image', { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1), strides: ints(2, 2) }],
    ['AveragePool', 'image', { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1), count_include_pad: int(1) }],
    ['AveragePool', 'image', { kernel_shape: ints(3, 3), auto_pad: text('SAME_UPPER'), strides: ints(2, 2) }],
    ['GlobalAveragePool', 'image'],
    ['GlobalMaxPool', 'image'],
    ['Resize', 'image  scales', {}],
    ...['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'].flatMap((mode): Case[] => [
      ['Resize', 'image  scales', { mode: text('linear'), coordinate_transformation_mode: text(mode) }],
      ['Resize', 'image   resized', { mode: text('cubic'), coordinate_transformation_mode: text(mode) }],
      ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((rounding): Case => [
        'Resize',
        'image   resized',
        { coordinate_transformation_mode: text(mode), nearest_mode: text(rounding) },
      ]),
    ]),
    ['Resize', 'image  doubled', { coordinate_transformation_mode: text('asymmetric'), nearest_mode: text('floor') }],
    ['GridSample', 'image grid'],
    ['GridSample', 'image grid', { mode: text('nearest'), padding_mode: text('border'), align_corners: int(1) }],
  ],
  recurrences: [
    ['LSTM', 'series w r b', { hidden_size: int(4), direction: text('bidirectional') }, 3],
    ['GRU', 'series wg rg bg', { hidden_size: int(4) }, 2],
    ['GRU', 'series wg rg bg', { hidden_size: int(4), linear_before_reset: int(1), direction: text('reverse') }, 2],
    ['RNN', 'series wr rr', { hidden_size: int(4) }, 2],
    [
      'RNN',
      'series wr rr',
      { hidden_size: int(4), activations: { type: 'strings', value: ['Relu'] }, direction: text('reverse') },
      2,
    ],
  ],
}

constants.push(
  stored('sizeTwo', 'int64', [1], 2),
  stored('ones', 'float32', [2, 3, 1], 1, 2, 3, 4, 5, 6),
  stored('row4', 'float32', [2, 4], ...Array.from({ length: 8 }, () => random.normal())),
)

/** One model with every case of a family, each output under its own name. */
function modelOf(family: readonly Case[]) {
  const nodes = family.map(([op, inputs, attributes = {}, count = 1], i): OnnxNode => ({
    name: `${op} ${i}`,
    op,
    domain: '',
    inputs: inputs.split(' '),
    outputs: Array.from({ length: count }, (_, j) => `${i}.${j}`),
    attributes,
  }))
  const used = new Set(nodes.flatMap(({ inputs }) => inputs))
  const inputs = Object.entries(feeds).filter(([name]) => used.has(name))
  return {
    nodes,
    feeds: Object.fromEntries(inputs),
    bytes: testModel({
      nodes,
      initializers: constants.filter(({ name }) => used.has(name)),
      inputs: inputs.map(([name, { dtype, dims }]) => ({ name, dtype, shape: dims })),
      outputs: nodes.flatMap(({ outputs }) => outputs).map(name => ({ name })),
    }),
  }
}

describe.each(Object.entries(cases))('%s', (_, family) => {
  it('are what plain ONNX Runtime answers, attributes and defaults included', async () => {
    const { bytes, feeds: fed, nodes } = modelOf(family)
    await using session = await runtime.createSession(bytes, { threads: 1 })
    const names = nodes.flatMap(({ outputs }) => outputs)
    const expected = await session.run(fed, Object.fromEntries(names.map(name => [name, null])))
    await using model = await importOnnx(bytes, { threads: 1 })
    const found = await model.run(fed)
    const off = nodes.flatMap(({ op, inputs, attributes, outputs }) =>
      outputs.flatMap(name => {
        const [a, b] = [found[name]!, expected[name]!]
        const same = a.dtype === b.dtype && a.dims.join() === b.dims.join()
        const distance = same ? difference(numeric(a), numeric(b)) : undefined
        const close = distance && (distance.absolute < 1e-5 || distance.relative < 2e-6)
        return close
          ? []
          : [
              [
                op,
                inputs.join(' '),
                JSON.stringify(attributes),
                `${a.dtype}[${a.dims}]`,
                `${b.dtype}[${b.dims}]`,
                distance,
              ],
            ]
      }),
    )
    expect(off).toEqual([])
  })
})

const numeric = (tensor: HostTensor): HostTensor => ({
  ...tensor,
  dtype: 'float32',
  data: Float32Array.from(tensor.data as ArrayLike<number | bigint>, Number),
})

it('has a case for every operator', () => {
  const covered = new Set(Object.values(cases).flatMap(family => family.map(([op]) => op)))
  // Read in place: tested with their bodies and values in graphs.test.ts and fixtures.test.ts.
  for (const op of ['Constant', 'If', 'Scan']) covered.add(op)
  expect([...readers.keys()].filter(op => !covered.has(op))).toEqual([])
})
