import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import type { HostTensor } from '../dtype.ts'
import { runtime } from '../runtime/node.ts'
import { node } from '../runtime/testing.ts'
import { encodeModel, type Attribute, type OnnxGraph, type OnnxModel, type OnnxTensor } from './codec.ts'
import { convertModel } from './versions.ts'

const float = (value: number): Attribute => ({ type: 'float', value })
const int = (value: number): Attribute => ({ type: 'int', value })
const ints = (...value: number[]): Attribute => ({ type: 'ints', value })
const text = (value: string): Attribute => ({ type: 'string', value })

const random = new Random(21)
const normal = (...dims: number[]): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
})
const positive = (...dims: number[]): HostTensor => {
  const x = normal(...dims)
  return { ...x, data: (x.data as Float32Array).map(value => Math.abs(value) + 0.5) }
}
const numbers = (...values: number[]): HostTensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
})
const indices = (...values: number[]): HostTensor => ({
  dtype: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
})

interface Case {
  opset: number
  op: string
  attributes?: Record<string, Attribute>
  /** Fed when the graph runs. */
  feeds?: Record<string, HostTensor>
  /** Stored in the graph. */
  constants?: Record<string, HostTensor>
  inputs?: string[]
  outputs?: string[]
  domain?: string
}

function modelOf(opset: number, graph: Partial<OnnxGraph>, feeds: Record<string, HostTensor>): OnnxModel {
  return {
    irVersion: 8,
    opset: { '': opset },
    producer: { name: 'test', version: '' },
    metadata: {},
    functions: [],
    graph: {
      name: 'test',
      nodes: [],
      initializers: [],
      // Ranks are told to the runtime, extents are not, so that nothing is folded away.
      inputs: Object.entries(feeds).map(([name, { dtype, dims }]) => ({
        name,
        dtype,
        shape: dims.map((_, i) => `${name}${i}`),
      })),
      outputs: [],
      ...graph,
    },
  }
}

function caseModel({
  opset,
  op,
  attributes = {},
  feeds = {},
  constants = {},
  inputs,
  outputs = ['y'],
}: Case): OnnxModel {
  const initializers: OnnxTensor[] = Object.entries(constants).map(([name, tensor]) => ({ name, ...tensor }))
  const nodes = [node(op, inputs ?? [...Object.keys(feeds), ...Object.keys(constants)], outputs, attributes)]
  return modelOf(opset, { nodes, initializers, outputs: outputs.filter(Boolean).map(name => ({ name })) }, feeds)
}

async function run(model: OnnxModel, feeds: Record<string, HostTensor>): Promise<Record<string, HostTensor>> {
  await using session = await runtime.createSession(encodeModel(model), { optimization: 'disabled', threads: 1 })
  return session.run(feeds, Object.fromEntries(session.outputNames.map(name => [name, null])))
}

/** Both forms on the same inputs. */
async function bothForms(each: Case) {
  const model = caseModel(each)
  const converted = convertModel(model)
  expect(converted.opset['']).toBe(21)
  return [await run(model, each.feeds ?? {}), await run(converted, each.feeds ?? {})] as const
}

function expectClose(actual: Record<string, HostTensor>, expected: Record<string, HostTensor>, tolerance = 0): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { dtype, dims, data }] of Object.entries(expected)) {
    const other = actual[name]!
    expect([name, other.dtype, other.dims]).toEqual([name, dtype, dims])
    if (tolerance === 0) expect(other.data).toEqual(data)
    else {
      const distance = Array.from(data as Float32Array, (value, i) => Math.abs(value - Number(other.data[i])))
      expect(Math.max(...distance)).toBeLessThanOrEqual(tolerance)
    }
  }
}

const x234 = () => ({ x: normal(2, 3, 4) })
const reductions = ['L1', 'L2', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare', 'Sum']

const exact: Case[] = [
  ...reductions.flatMap(name => [
    { opset: 11, op: `Reduce${name}`, attributes: { axes: ints(1, -1), keepdims: int(0) }, feeds: x234() },
    { opset: 12, op: `Reduce${name}`, feeds: x234() },
  ]),
  { opset: 17, op: 'ReduceMean', attributes: { axes: ints(0) }, feeds: x234() },
  { opset: 17, op: 'ReduceLogSum', attributes: { axes: ints(2), keepdims: int(1) }, feeds: { x: positive(2, 3, 4) } },
  { opset: 13, op: 'ReduceSum', feeds: { x: normal(2, 3) }, constants: { axes: indices(1) } },
  { opset: 11, op: 'Squeeze', attributes: { axes: ints(0, 2) }, feeds: { x: normal(1, 3, 1) } },
  { opset: 8, op: 'Squeeze', feeds: { x: normal(1, 3, 1) } },
  { opset: 12, op: 'Unsqueeze', attributes: { axes: ints(0, 3) }, feeds: { x: normal(2, 3) } },
  {
    opset: 9,
    op: 'Slice',
    attributes: { starts: ints(1, -3), ends: ints(Number.MAX_SAFE_INTEGER, -1), axes: ints(1, 2) },
    feeds: x234(),
  },
  { opset: 7, op: 'Slice', attributes: { starts: ints(0, 1), ends: ints(2, 3) }, feeds: { x: normal(3, 4) } },
  {
    opset: 10,
    op: 'Slice',
    feeds: x234(),
    constants: { starts: indices(2), ends: indices(-5), axes: indices(1), steps: indices(-1) },
  },
  { opset: 10, op: 'Pad', attributes: { pads: ints(0, 1, 2, 0), value: float(1.5) }, feeds: { x: normal(2, 3) } },
  { opset: 7, op: 'Pad', attributes: { pads: ints(1, 1, 1, 1), mode: text('reflect') }, feeds: { x: normal(3, 4) } },
  { opset: 9, op: 'Pad', attributes: { pads: ints(0, 2, 0, 0), mode: text('edge') }, feeds: { x: normal(3, 4) } },
  { opset: 11, op: 'Split', attributes: { axis: int(1), split: ints(1, 2) }, feeds: x234(), outputs: ['y', 'z'] },
  { opset: 11, op: 'Split', attributes: { axis: int(2) }, feeds: x234(), outputs: ['y', 'z'] },
  { opset: 13, op: 'Split', attributes: { axis: int(-1) }, feeds: x234(), outputs: ['y', 'z'] },
  {
    opset: 13,
    op: 'Split',
    attributes: { axis: int(1) },
    feeds: x234(),
    constants: { sizes: indices(2, 1) },
    outputs: ['y', 'z'],
  },
  { opset: 9, op: 'TopK', attributes: { k: int(2), axis: int(1) }, feeds: x234(), outputs: ['values', 'at'] },
  {
    opset: 10,
    op: 'TopK',
    attributes: { axis: int(-1) },
    feeds: x234(),
    constants: { k: indices(3) },
    outputs: ['values', 'at'],
  },
  {
    opset: 10,
    op: 'Scatter',
    attributes: { axis: int(0) },
    feeds: { x: normal(3, 2) },
    constants: { at: { ...indices(2, 0), dims: [1, 2] }, updates: { ...numbers(8, 9), dims: [1, 2] } },
  },
  { opset: 10, op: 'Clip', attributes: { min: float(-0.5), max: float(0.25) }, feeds: x234() },
  { opset: 7, op: 'Clip', attributes: { max: float(0) }, feeds: x234() },
  { opset: 6, op: 'Clip', feeds: x234() },
  ...(['Softmax', 'LogSoftmax', 'Hardmax'] as const).flatMap(op => [
    { opset: 12, op, attributes: { axis: int(1) }, feeds: x234() },
    { opset: 11, op, attributes: { axis: int(-1) }, feeds: x234() },
    { opset: 9, op, attributes: { axis: int(2) }, feeds: x234() },
    { opset: 8, op, feeds: { x: normal(4, 5) } },
    { opset: 11, op, attributes: { axis: int(0) }, feeds: { x: normal(4, 5) } },
    { opset: 13, op, attributes: { axis: int(1) }, feeds: x234() },
  ]),
  { opset: 7, op: 'Dropout', attributes: { ratio: float(0.3) }, feeds: x234() },
  { opset: 10, op: 'Dropout', feeds: x234() },
  {
    opset: 9,
    op: 'BatchNormalization',
    attributes: { epsilon: float(0.01), momentum: float(0.8) },
    feeds: { x: normal(2, 3, 4), s: normal(3), b: normal(3), m: normal(3), v: positive(3) },
  },
  {
    opset: 7,
    op: 'BatchNormalization',
    attributes: { spatial: int(1) },
    feeds: { x: normal(2, 3, 4), s: normal(3), b: normal(3), m: normal(3), v: positive(3) },
  },
  {
    opset: 8,
    op: 'Upsample',
    attributes: { scales: { type: 'floats', value: [1, 1, 2, 3] } },
    feeds: { x: normal(1, 2, 3, 2) },
  },
  {
    opset: 7,
    op: 'Upsample',
    attributes: { mode: text('linear'), scales: { type: 'floats', value: [1, 1, 2, 3] } },
    feeds: { x: normal(1, 2, 3, 2) },
  },
  {
    opset: 9,
    op: 'Upsample',
    attributes: { mode: text('nearest') },
    feeds: { x: normal(1, 2, 3, 2) },
    constants: { scales: numbers(1, 1, 2.5, 2) },
  },
  { opset: 9, op: 'Upsample', feeds: { x: normal(1, 2, 3, 2), scales: numbers(1, 1, 3, 1.7) } },
  {
    opset: 10,
    op: 'Resize',
    attributes: { mode: text('nearest') },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { scales: numbers(1, 1, 2.3, 1.5) },
  },
  {
    opset: 10,
    op: 'Resize',
    attributes: { mode: text('nearest') },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { scales: numbers(1, 1, 0.6, 0.35) },
  },
  {
    opset: 10,
    op: 'Resize',
    attributes: { mode: text('nearest') },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { scales: numbers(1, 1, 0.6, 2.2) },
  },
  { opset: 10, op: 'Resize', feeds: { x: normal(1, 1, 5, 7), scales: numbers(1, 1, 2.2, 0.6) } },
  {
    opset: 10,
    op: 'Resize',
    attributes: { mode: text('linear') },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { scales: numbers(1, 1, 0.6, 2.2) },
  },
  {
    opset: 11,
    op: 'Resize',
    attributes: { mode: text('cubic') },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { roi: numbers(), scales: numbers(1, 1, 2, 1.5) },
  },
  {
    opset: 11,
    op: 'Resize',
    attributes: { mode: text('linear'), coordinate_transformation_mode: text('align_corners') },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { roi: numbers(), scales: numbers(), sizes: indices(1, 1, 8, 4) },
  },
  {
    opset: 12,
    op: 'Resize',
    attributes: {
      mode: text('linear'),
      coordinate_transformation_mode: text('tf_crop_and_resize'),
      extrapolation_value: float(9),
    },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { roi: numbers(0, 0, 0.2, -0.1, 1, 1, 0.8, 0.6), scales: numbers(), sizes: indices(1, 1, 4, 4) },
  },
  {
    opset: 12,
    op: 'Resize',
    attributes: {
      mode: text('nearest'),
      nearest_mode: text('floor'),
      coordinate_transformation_mode: text('tf_half_pixel_for_nn'),
    },
    feeds: { x: normal(1, 1, 5, 7) },
    constants: { roi: numbers(), scales: numbers(1, 1, 1.7, 0.45) },
  },
  {
    opset: 16,
    op: 'GridSample',
    attributes: { mode: text('bicubic') },
    feeds: { x: normal(1, 2, 4, 4), grid: normal(1, 3, 3, 2) },
  },
  {
    opset: 16,
    op: 'GridSample',
    attributes: { padding_mode: text('border') },
    feeds: { x: normal(1, 2, 4, 4), grid: normal(1, 3, 3, 2) },
  },
  {
    opset: 10,
    op: 'RoiAlign',
    attributes: { output_height: int(2), output_width: int(2), spatial_scale: float(0.5) },
    feeds: { x: normal(1, 1, 6, 6) },
    constants: { rois: { ...numbers(1, 2, 7, 9), dims: [1, 4] }, batch: indices(0) },
  },
  { opset: 17, op: 'DFT', attributes: { axis: int(1), onesided: int(1) }, feeds: { x: normal(1, 8, 1) } },
  { opset: 18, op: 'DFT', attributes: { inverse: int(1) }, feeds: { x: normal(2, 6, 2) } },
  { opset: 13, op: 'Cast', attributes: { to: int(6) }, feeds: x234() },
  { opset: 11, op: 'ArgMax', attributes: { axis: int(1) }, feeds: x234() },
  { opset: 13, op: 'Reshape', feeds: x234(), constants: { shape: indices(0, -1) } },
  { opset: 22, op: 'MaxPool', attributes: { kernel_shape: ints(2) }, feeds: x234() },
  { opset: 24, op: 'Cast', attributes: { to: int(7), round_mode: text('up') }, feeds: x234() },
  { opset: 25, op: 'Squeeze', feeds: { x: normal(1, 3) }, constants: { axes: indices(0) } },
]

/** Sums in another order than the operator they replace. */
const close: (Case & { tolerance: number })[] = [
  {
    opset: 8,
    op: 'BatchNormalization',
    attributes: { spatial: int(0) },
    feeds: { x: normal(2, 3, 4), s: normal(3, 4), b: normal(3, 4), m: normal(3, 4), v: positive(3, 4) },
    tolerance: 2e-6,
  },
  {
    opset: 18,
    op: 'GroupNormalization',
    attributes: { num_groups: int(2), epsilon: float(0.001) },
    feeds: { x: normal(2, 6, 4), s: normal(2), b: normal(2) },
    tolerance: 2e-6,
  },
  {
    opset: 23,
    op: 'RMSNormalization',
    attributes: { axis: int(1), epsilon: float(0.01) },
    feeds: { x: normal(2, 3, 4), s: normal(3, 4) },
    tolerance: 2e-6,
  },
  { opset: 23, op: 'RMSNormalization', feeds: { x: normal(2, 3, 4), s: normal(4) }, tolerance: 2e-6 },
  { opset: 24, op: 'Swish', attributes: { alpha: float(1.7) }, feeds: x234(), tolerance: 1e-6 },
  { opset: 24, op: 'Swish', feeds: x234(), tolerance: 1e-6 },
]

const title = ({ opset, op, attributes = {} }: Case) =>
  `${op} of opset ${opset} ${Object.entries(attributes)
    .map(([name, { value }]) => `${name} ${String(value)}`)
    .join(', ')}`

describe('both forms give the same bits', () => {
  it.each(exact.map(each => [title(each), each] as const))('%s', async (_, each) => {
    const [before, after] = await bothForms(each)
    expectClose(after, before)
  })
})

describe('both forms agree to rounding', () => {
  it.each(close.map(each => [title(each), each] as const))('%s', async (_, each) => {
    const [before, after] = await bothForms(each)
    expectClose(after, before, each.tolerance)
  })
})

const one = (dims: number[], ...values: number[]): HostTensor => ({ ...numbers(...values), dims })

describe('forms of opset 6, which the runtime does not run, have their values', () => {
  const grid = one([2, 3, 2], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  it.each<[string, Case, HostTensor]>([
    [
      'Add along an axis',
      {
        opset: 6,
        op: 'Add',
        attributes: { axis: int(1), broadcast: int(1) },
        feeds: { x: grid, b: numbers(100, 200, 300) },
      },
      one([2, 3, 2], 101, 102, 203, 204, 305, 306, 107, 108, 209, 210, 311, 312),
    ],
    [
      'Mul along the first axes',
      {
        opset: 6,
        op: 'Mul',
        attributes: { axis: int(0), broadcast: int(1) },
        feeds: { x: grid, b: one([2, 1], 1, -1) },
      },
      one([2, 3, 2], 1, 2, 3, 4, 5, 6, -7, -8, -9, -10, -11, -12),
    ],
    [
      'Sub from the end',
      { opset: 6, op: 'Sub', attributes: { broadcast: int(1) }, feeds: { x: grid, b: numbers(1, 2) } },
      one([2, 3, 2], 0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10),
    ],
    [
      'PRelu per channel',
      { opset: 6, op: 'PRelu', feeds: { x: one([1, 2, 2], -1, -2, -3, 4), slope: numbers(0.5, 2) } },
      one([1, 2, 2], -0.5, -1, -6, 4),
    ],
    [
      'PRelu with one slope for a matrix',
      { opset: 6, op: 'PRelu', feeds: { x: one([2, 1], -1, 3), slope: numbers(0.25) } },
      one([2, 1], -0.25, 3),
    ],
    [
      'Gemm with a broadcast bias',
      {
        opset: 6,
        op: 'Gemm',
        attributes: { broadcast: int(1) },
        feeds: { a: one([1, 2], 1, 2), b: one([2, 1], 3, 4), c: numbers(5) },
      },
      one([1, 1], 16),
    ],
    [
      'BatchNormalization at rest',
      {
        opset: 6,
        op: 'BatchNormalization',
        attributes: { is_test: int(1), epsilon: float(0) },
        feeds: { x: one([1, 2, 1], 5, 7), s: numbers(2, 3), b: numbers(1, 0), m: numbers(1, 1), v: numbers(4, 9) },
      },
      one([1, 2, 1], 5, 6),
    ],
    [
      'BatchNormalization in training',
      {
        opset: 6,
        op: 'BatchNormalization',
        attributes: { epsilon: float(0) },
        feeds: { x: one([2, 1, 1], 5, 7), s: numbers(2), b: numbers(1), m: numbers(0), v: numbers(1) },
        outputs: ['y', 'm2', 'v2'],
      },
      one([2, 1, 1], -1, 3),
    ],
    [
      'Dropout at rest',
      { opset: 6, op: 'Dropout', attributes: { is_test: int(1), ratio: float(0.9) }, feeds: { x: numbers(1, 2) } },
      numbers(1, 2),
    ],
    [
      'Upsample by height and width',
      {
        opset: 6,
        op: 'Upsample',
        attributes: { height_scale: float(1), width_scale: float(2) },
        feeds: { x: one([1, 1, 1, 2], 3, 4) },
      },
      one([1, 1, 1, 4], 3, 3, 4, 4),
    ],
  ])('%s', async (_, each, expected) => {
    const { y } = await run(convertModel(caseModel(each)), each.feeds ?? {})
    expect(y).toEqual(expected)
  })

  it('Dropout in training drops', async () => {
    const each = {
      opset: 6,
      op: 'Dropout',
      attributes: { ratio: float(0.5) },
      feeds: { x: { ...numbers(...Array<number>(1000).fill(1)) } },
    }
    const { y } = await run(convertModel(caseModel(each)), each.feeds)
    expect(new Set(y!.data as Float32Array)).toEqual(new Set([0, 2]))
  })
})

it('an old mask of Dropout keeps nothing out and has the type of its data', async () => {
  const each = { opset: 7, op: 'Dropout', feeds: { x: numbers(3, 4) }, outputs: ['y', 'mask'] }
  expect(await run(convertModel(caseModel(each)), each.feeds)).toEqual({ y: numbers(3, 4), mask: numbers(1, 1) })
})

it('bounds and paddings take the type of the data', async () => {
  const x: HostTensor = { dtype: 'float64', dims: [3], data: Float64Array.of(-1, 0.5, 2) }
  const feeds = { x }
  const clipped = await run(
    convertModel(caseModel({ opset: 10, op: 'Clip', attributes: { min: float(0), max: float(1) }, feeds })),
    feeds,
  )
  expect(clipped.y!.data).toEqual(Float64Array.of(0, 0.5, 1))
  const padded = await run(
    convertModel(caseModel({ opset: 10, op: 'Pad', attributes: { pads: ints(1, 0), value: float(7) }, feeds })),
    feeds,
  )
  expect(padded.y!.data).toEqual(Float64Array.of(7, -1, 0.5, 2))
})

describe('a model', () => {
  const square = (opset: number) => {
    const body = (name: string, axis: number): OnnxGraph => ({
      name,
      nodes: [node('ReduceSum', ['x'], [`${name}.y`], { axes: ints(axis), keepdims: int(0) })],
      initializers: [],
      inputs: [],
      outputs: [{ name: `${name}.y`, dtype: 'float32', shape: [''] }],
    })
    const branches = {
      then_branch: { type: 'graph', value: body('then', 0) },
      else_branch: { type: 'graph', value: body('else', 1) },
    } as const
    const feeds = { x: one([2, 2], 1, 2, 3, 4), c: { dtype: 'bool', dims: [], data: Uint8Array.of(1) } as HostTensor }
    return {
      feeds,
      model: modelOf(opset, { nodes: [node('If', ['c'], ['y'], branches)], outputs: [{ name: 'y' }] }, feeds),
    }
  }

  it('has its subgraphs converted', async () => {
    const { model, feeds } = square(11)
    const converted = convertModel(model)
    for (const flag of [1, 0]) {
      feeds.c.data[0] = flag
      expectClose(await run(converted, feeds), await run(model, feeds))
    }
  })

  it('has the bodies of its functions converted, each from its own opset', async () => {
    const { model, feeds } = square(21)
    const calls: OnnxModel = {
      ...model,
      opset: { '': 21, local: 1 },
      functions: [
        {
          name: 'Totals',
          domain: 'local',
          inputs: ['a'],
          outputs: ['b'],
          parameters: [],
          defaults: {},
          opset: { '': 17 },
          nodes: [node('ReduceMax', ['a'], ['b'], { axes: ints(0), keepdims: int(0) })],
        },
      ],
      graph: {
        ...model.graph,
        inputs: model.graph.inputs.slice(0, 1),
        nodes: [{ name: 'call', op: 'Totals', domain: 'local', inputs: ['x'], outputs: ['y'], attributes: {} }],
      },
    }
    const converted = convertModel(calls)
    expect(converted.functions[0]!.opset).toEqual({ '': 21 })
    expect((await run(converted, { x: feeds.x })).y!.data).toEqual(Float32Array.of(3, 4))
  })

  it('of opset 21 stays as it is', () => {
    const { model } = square(21)
    expect(convertModel(model)).toEqual(model)
  })

  it('keeps the names of its nodes, and new names meet no old ones', () => {
    const feeds = { x: normal(2, 3) }
    const nodes = [
      node('ReduceMax', ['x'], ['y'], { axes: ints(0) }),
      node('Neg', ['y'], ['y/Constant']),
      node('ReduceMin', ['x'], ['y/Constant.2'], { axes: ints(0) }),
    ]
    const { graph } = convertModel(modelOf(11, { nodes, outputs: [{ name: 'y' }] }, feeds))
    const outputs = graph.nodes.flatMap(each => each.outputs)
    expect(new Set(outputs).size).toBe(outputs.length)
    expect(graph.nodes.filter(({ op }) => op.startsWith('Reduce')).map(({ name }) => name)).toEqual([
      'y',
      'y/Constant.2',
    ])
  })

  it('names together what has no form in opset 21', () => {
    const nodes = [
      node('Scan', ['', 'x'], ['a'], {}),
      node('BatchNormalization', ['x', 'x', 'x', 'x', 'x'], ['b', 'm', 'v', 'sm', 'sv']),
      node('Scan', ['', 'x'], ['c'], {}),
    ]
    expect(() => convertModel(modelOf(8, { nodes }, {}), 'm.onnx')).toThrow(
      expect.objectContaining({
        code: 'onnx/operators',
        message:
          "'m.onnx' uses 2 operators not read here: Scan in the batched form of opset 8 (2), BatchNormalization with saved statistics (1)",
      }),
    )
  })

  it.each<[string, Case]>([
    [
      'Resize with tf_half_pixel_for_nn beyond nearest and floor',
      {
        opset: 11,
        op: 'Resize',
        attributes: { mode: text('linear'), coordinate_transformation_mode: text('tf_half_pixel_for_nn') },
        inputs: ['x', 'r', 's'],
      },
    ],
    ['Slice without starts or ends', { opset: 9, op: 'Slice', inputs: ['x'] }],
    [
      'RMSNormalization over axis 1 of an unknown number',
      { opset: 23, op: 'RMSNormalization', attributes: { axis: int(1) }, inputs: ['unknown', 's'] },
    ],
    [
      'RMSNormalization over axis -2147483648 of an unknown number',
      { opset: 23, op: 'RMSNormalization', attributes: { axis: int(-(2 ** 31)) }, inputs: ['unknown', 's'] },
    ],
    [
      'BatchNormalization in training with statistics for every activation',
      { opset: 6, op: 'BatchNormalization', attributes: { spatial: int(0) }, inputs: ['x', 's', 'b', 'm', 'v'] },
    ],
    [
      'ReduceMax of opset 17 with attributes of a function',
      {
        opset: 17,
        op: 'ReduceMax',
        attributes: { axes: { type: 'reference', value: 'axes', of: 'INTS' } },
        inputs: ['x'],
      },
    ],
  ])('refuses %s', (what, each) => {
    expect(() => convertModel(caseModel(each), 'm.onnx')).toThrow(`'m.onnx' uses 1 operator not read here: ${what} (1)`)
  })

  it.each([5, 27])('of opset %i is refused', opset => {
    expect(() => convertModel(modelOf(opset, {}, {}), 'm.onnx')).toThrow(
      expect.objectContaining({ code: 'onnx/opset', message: `'m.onnx' is of opset ${opset}, read are 6 to 26` }),
    )
  })
})
