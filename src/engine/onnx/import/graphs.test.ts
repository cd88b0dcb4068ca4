import { describe, expect, it } from 'vitest'
import { compile, float32, importOnnx, vjp, type HostTensor } from '../../index.ts'
import { runtime } from '../../runtime/node.ts'
import { node, testModel } from '../../runtime/testing.ts'
import {
  decodeModel,
  encodeModel,
  float32ToFloat16,
  type Attribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from '../codec.ts'
import { difference } from './testing.ts'

const int = (value: number): Attribute => ({ type: 'int', value })
const graphOf = (value: OnnxGraph): Attribute => ({ type: 'graph', value })
const value = (name: string, ...shape: (number | string)[]): ValueInfo => ({ name, dtype: 'float32', shape })
const floats = (name: string, dims: number[], ...data: number[]): OnnxTensor => ({
  name,
  dtype: 'float32',
  dims,
  data: Float32Array.from(data),
})
const longs = (name: string, ...data: number[]): OnnxTensor => ({
  name,
  dtype: 'int64',
  dims: [data.length],
  data: BigInt64Array.from(data, BigInt),
})
const scalar = (name: string, data: number): OnnxTensor => ({ ...longs(name, data), dims: [] })
const ramp = (...dims: number[]): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
})

interface Parts {
  nodes: OnnxNode[]
  inputs?: ValueInfo[]
  initializers?: OnnxTensor[]
  outputs?: ValueInfo[]
}

const file = (
  { nodes, inputs = [value('x', 'n', 4)], initializers = [], outputs = [{ name: 'y' }] }: Parts,
  opset = 21,
) => testModel({ nodes, inputs, initializers, outputs }, { opset })

/** Expects the answer of plain ONNX Runtime. */
async function expectPlain(bytes: Uint8Array, feeds: Record<string, HostTensor>, outputs = ['y']): Promise<void> {
  await using session = await runtime.createSession(bytes, { threads: 1 })
  const expected = await session.run(feeds, Object.fromEntries(outputs.map(name => [name, null])))
  await using model = await importOnnx(bytes, { threads: 1 })
  const found = await model.run(feeds)
  for (const name of outputs) expect(difference(found[name]!, expected[name]!).absolute).toBeLessThan(1e-5)
}

const body = (nodes: OnnxNode[], output: string, initializers: OnnxTensor[] = []): OnnxGraph => ({
  name: output,
  nodes,
  initializers,
  inputs: [],
  outputs: [{ name: output }],
})

describe('operators that are not read', () => {
  it('are all named in one error, with counts, and with what of them is not read', async () => {
    const nodes = [
      node('NonZero', ['x'], ['a']),
      node('NonZero', ['x'], ['b']),
      { ...node('Foo', ['x'], ['c']), domain: 'com.acme' },
      node('LSTM', ['x', 'w', 'w', 'w', 'w'], ['d'], { layout: int(1) }),
      node('Concat', ['a', 'b'], ['e'], { axis: int(0) }),
      node('Det', ['e'], ['f']),
      node('Sum', ['c', 'd', 'f'], ['y']),
    ]
    await expect(
      importOnnx(file({ nodes, initializers: [floats('w', [1], 1)] }), { file: 'm.onnx' }),
    ).rejects.toMatchObject({
      code: 'onnx/operators',
      message: "'m.onnx' uses 4 operators not read here: NonZero (2), com.acme.Foo (1), LSTM with lengths (1), Det (1)",
      details: { operators: { NonZero: 2, 'com.acme.Foo': 1, 'LSTM with lengths': 1, Det: 1 } },
    })
  })

  it('are named together with forms of operators that take letters', async () => {
    const einsum = node('Einsum', ['x', 'x'], ['a'], { equation: { type: 'string', value: '...i,...i->...' } })
    const nodes = [einsum, node('NonZero', ['x'], ['b']), node('Concat', ['a', 'b'], ['y'], { axis: int(0) })]
    await expect(importOnnx(file({ nodes }))).rejects.toThrow(
      /2 operators not read here: Einsum with an ellipsis \(1\), NonZero \(1\)/,
    )
  })

  it('are named together with forms of older opsets that have none in ours', async () => {
    const nodes = [node('GroupNormalization', ['x', 'w', 'w'], ['a']), node('NonZero', ['a'], ['y'])]
    const bytes = file({ nodes, initializers: [floats('w', [1], 1)] }, 18)
    await expect(importOnnx(bytes)).rejects.toThrow(
      /2 operators not read here: GroupNormalization without num_groups \(1\), NonZero \(1\)/,
    )
  })

  it('do not matter where nothing depends on them', async () => {
    const nodes = [node('NonZero', ['x'], ['a']), node('Neg', ['x'], ['y'])]
    await expectPlain(file({ nodes }), { x: ramp(2, 4) })
  })

  it('include loops, and choices between shapes that are made when it runs', async () => {
    const loop = node('Loop', ['', '', 'x'], ['y'], { body: graphOf(body([node('Neg', ['x'], ['z'])], 'z')) })
    await expect(importOnnx(file({ nodes: [loop] }))).rejects.toThrow(/not read here: Loop \(1\)/)
    const choice = [
      node('ReduceSum', ['x'], ['s'], { keepdims: int(0) }),
      node('Greater', ['s', 'zero'], ['c']),
      node('If', ['c'], ['y'], {
        then_branch: graphOf(body([node('Neg', ['x'], ['p'])], 'p')),
        else_branch: graphOf(body([node('ReduceSum', ['x'], ['q'])], 'q')),
      }),
    ]
    const bytes = file({ nodes: choice, initializers: [floats('zero', [], 0)] })
    await expect(importOnnx(bytes)).rejects.toThrow(/If whose condition is known only when it runs and whose branches/)
  })
})

describe('control flow', () => {
  it('with a known condition is read in place, whatever the other branch holds', async () => {
    const nodes = [
      node('Shape', ['x'], ['s'], { start: int(1) }),
      node('Equal', ['s', 'four'], ['c']),
      node('If', ['c'], ['y'], {
        then_branch: graphOf(body([node('Add', ['x', 'w'], ['p'])], 'p', [floats('w', [4], 1, 2, 3, 4)])),
        else_branch: graphOf(body([node('Loop', ['x'], ['q'])], 'q')),
      }),
    ]
    const model = await importOnnx(file({ nodes, initializers: [longs('four', 4)] }))
    expect(new Map(model.parameters()).get('w')!.shape).toEqual([4])
    const { y } = await model.run({ x: Float32Array.of(1, 1, 1, 1) })
    expect([...y!.data]).toEqual([2, 3, 4, 5])
  })

  it('is known where a scalar input is fixed', async () => {
    const nodes = [
      node('Equal', ['rate', 'wanted'], ['c']),
      node('If', ['c'], ['y'], {
        then_branch: graphOf(body([node('Neg', ['x'], ['p'])], 'p')),
        else_branch: graphOf(body([node('ReduceSum', ['x'], ['q'])], 'q')),
      }),
    ]
    const inputs = [value('x', 'n', 4), { name: 'rate', dtype: 'int64' as const, shape: [] }]
    const bytes = file({ nodes, inputs, initializers: [scalar('wanted', 16000)] })
    const model = await importOnnx(bytes, { fixed: { rate: 16000 } })
    expect(Object.keys(model.inputs)).toEqual(['x'])
    expect((await model.run({ x: Float32Array.of(1, 2, 3, 4) })).y!.data).toEqual(Float32Array.of(-1, -2, -3, -4))
    await expect(importOnnx(bytes)).rejects.toMatchObject({
      code: 'onnx/operators',
      try: expect.stringMatching(/shapes/),
    })
    await expect(importOnnx(bytes, { fixed: { rat: 1 } })).rejects.toMatchObject({ code: 'option/invalid' })
  })

  it('scans along any axis, in any direction', async () => {
    const step: OnnxGraph = {
      name: 'step',
      nodes: [
        node('Add', ['h', 'a'], ['i']),
        node('Mul', ['i', 'b'], ['j']),
        node('Identity', ['j'], ['k']),
        node('Neg', ['a'], ['l']),
      ],
      initializers: [],
      inputs: [value('h', 2), value('a', 2), value('b', 2)],
      outputs: [{ name: 'j' }, { name: 'k' }, { name: 'l' }],
    }
    const nodes = [
      node('Scan', ['h0', 'x', 'z'], ['last', 'y', 'w'], {
        body: graphOf(step),
        num_scan_inputs: int(2),
        scan_input_axes: { type: 'ints', value: [1, 0] },
        scan_input_directions: { type: 'ints', value: [1, 0] },
        scan_output_axes: { type: 'ints', value: [1, -2] },
        scan_output_directions: { type: 'ints', value: [0, 1] },
      }),
    ]
    const inputs = [value('h0', 2), value('x', 2, 5), value('z', 5, 2)]
    const bytes = file({ nodes, inputs, outputs: [{ name: 'last' }, { name: 'y' }, { name: 'w' }] })
    await expectPlain(bytes, { h0: ramp(2), x: ramp(2, 5), z: ramp(5, 2) }, ['last', 'y', 'w'])
  })
})

it('reads functions of the file, with attributes of the call and defaults', async () => {
  const plain = decodeModel(
    file({
      nodes: [
        { ...node('leaky', ['x'], ['a'], { slope: { type: 'float', value: 0.5 } }), domain: 'own' },
        { ...node('leaky', ['a'], ['y']), domain: 'own' },
      ],
    }),
  )
  const bytes = encodeModel({
    ...plain,
    opset: { '': 21, own: 1 },
    functions: [
      {
        name: 'leaky',
        domain: 'own',
        inputs: ['v'],
        outputs: ['w'],
        parameters: [],
        defaults: { slope: { type: 'float', value: 0.1 } },
        opset: { '': 21 },
        nodes: [
          node('LeakyRelu', ['v'], ['t'], { alpha: { type: 'reference', value: 'slope', of: 'FLOAT' } }),
          node('Identity', ['t'], ['w']),
        ],
      },
    ],
  })
  const { y } = await (await importOnnx(bytes)).run({ x: Float32Array.of(-1, 1, -2, 2) })
  expect([...y!.data]).toEqual([-0.05, 1, -0.1, 2].map(Math.fround))
})

describe('weights', () => {
  const nodes = [node('Mul', ['x', 'w'], ['a']), node('Add', ['a', 'b'], ['y'])]

  it('of half precision become float32, inputs and casts with them', async () => {
    const halves = (name: string, ...data: number[]): OnnxTensor => ({
      name,
      dtype: 'float16',
      dims: [data.length],
      data: float32ToFloat16(Float32Array.from(data)),
    })
    const bytes = file({
      nodes: [
        node('Cast', ['x'], ['h'], { to: int(10) }),
        node('Mul', ['h', 'w'], ['a']),
        node('Add', ['a', 'c'], ['y']),
      ],
      inputs: [value('x', 'n', 4), { ...value('c', 'n', 4), dtype: 'float16' }],
      initializers: [halves('w', 0.5, 2, -1, 0.25)],
    })
    const model = await importOnnx(bytes)
    expect(model.inputs.c!.dtype).toBe('float32')
    expect(new Map(model.parameters()).get('w')!.dtype).toBe('float32')
    const { y } = await model.run({ x: Float32Array.of(1, 2, 3, 4), c: new Float32Array(4) })
    expect([...y!.data]).toEqual([0.5, 4, -3, 1])
  })

  it('may be frozen as constants, which the state then does not hold', async () => {
    const initializers = [floats('w', [4], 1, 2, 3, 4), floats('b', [4], 1, 1, 1, 1)]
    const model = await importOnnx(file({ nodes, initializers }), { frozen: name => name === 'w' })
    expect([...model.parameters()].map(([path]) => path)).toEqual(['b'])
    expect([...(await model.run({ x: Float32Array.of(1, 1, 1, 1) })).y!.data]).toEqual([2, 3, 4, 5])
  })

  it('that an exporter wrote as constants are parameters where only weights can be', async () => {
    const matrix: Attribute = { type: 'tensor', value: floats('', [4, 2], 1, 0, 0, 1, 1, 1, 2, 2) }
    const scales: Attribute = { type: 'tensor', value: floats('', [2], 2, 3) }
    const held = [node('Constant', [], ['w'], { value: matrix }), node('Constant', [], ['c'], { value: scales })]
    const bytes = file({ nodes: [...held, node('MatMul', ['x', 'w'], ['a']), node('Mul', ['a', 'c'], ['y'])] })
    expect([...(await importOnnx(bytes)).parameters()].map(([path]) => path)).toEqual(['w'])
    await expectPlain(bytes, { x: ramp(3, 4) })
  })

  it('that are listed among the inputs, as in old files, need not be fed', async () => {
    const initializers = [floats('w', [4], 1, 2, 3, 4), floats('b', [4], 0, 0, 0, 0)]
    const inputs = [value('x', 'n', 4), value('w', 4), value('b', 4)]
    const model = await importOnnx(file({ nodes, initializers, inputs }, 8))
    expect(Object.keys(model.inputs)).toEqual(['x'])
  })

  it('of one number stay constants, and those that only configure an operator', async () => {
    const bytes = file({
      nodes: [node('Clip', ['x', 'low', 'high'], ['a']), node('Mul', ['a', 'gain'], ['y'])],
      initializers: [floats('low', [], 0), floats('high', [], 6), floats('gain', [], 2)],
    })
    expect([...(await importOnnx(bytes)).parameters()]).toEqual([])
  })
})

describe('shapes', () => {
  it('of inputs that the file leaves unnamed become one symbol where they meet', async () => {
    const inputs = [value('x', '', 4), value('z', '', 4), value('other', '', 2)]
    const nodes = [node('Add', ['x', 'z'], ['a']), node('Concat', ['a', 'other'], ['y'], { axis: int(1) })]
    const model = await importOnnx(file({ nodes, inputs }))
    expect(Object.values(model.inputs).map(({ shape }) => shape[0])).toEqual(['x.0', 'x.0', 'x.0'])
    expect(model.outputs.y!.shape).toEqual(['x.0', 6])
    const feeds = { x: ramp(2, 4), z: ramp(3, 4), other: ramp(2, 2) }
    await expect(model.run(feeds)).rejects.toMatchObject({ code: 'engine/feed' })
  })

  it('may be told where the file has none', async () => {
    const bytes = file({ nodes: [node('Neg', ['x'], ['y'])], inputs: [{ name: 'x', dtype: 'float32' }] })
    await expect(importOnnx(bytes)).rejects.toMatchObject({ code: 'onnx/type', try: expect.stringMatching(/shapes/) })
    expect((await importOnnx(bytes, { shapes: { x: ['rows', 2] } })).outputs.y!.shape).toEqual(['rows', 2])
  })

  it('in sums and products of symbols are understood', async () => {
    const inputs = [value('x', 'past', 4), value('z', 'now', 4), value('mask', 'past + now', 4)]
    const nodes = [node('Concat', ['x', 'z'], ['a'], { axis: int(0) }), node('Mul', ['a', 'mask'], ['y'])]
    await expectPlain(file({ nodes, inputs }), { x: ramp(2, 4), z: ramp(3, 4), mask: ramp(5, 4) })
  })

  /** A table cut to the length of the input, as decoders cut their positions. */
  const cut = file({
    nodes: [
      node('Shape', ['x'], ['s']),
      node('Gather', ['s', 'one'], ['length']),
      node('Unsqueeze', ['length', 'axis0'], ['end']),
      node('Slice', ['table', 'axis0', 'end', 'axis0'], ['rows']),
      node('Mul', ['x', 'rows'], ['y']),
    ],
    inputs: [value('x', 'batch', 'length', 2)],
    initializers: [scalar('one', 1), longs('axis0', 0), floats('table', [6, 2], ...(ramp(6, 2).data as Float32Array))],
  })

  it('follow slices whose ends are extents, and so do gradients and their gradients', async () => {
    await expectPlain(cut, { x: ramp(2, 3, 2) })
    const model = await importOnnx(cut)
    const table = new Map(model.parameters()).get('table')!
    await using program = compile({
      inputs: { x: model.inputs.x!, d: float32(['batch', 'length', 2]), e: float32([6, 2]) },
      state: { model },
      trace: leaves => {
        const { y } = model.forward(leaves)
        const [first] = vjp([y!], [table], [leaves.d])
        const [second] = vjp([first!], [leaves.d], [leaves.e])
        return { outputs: { first: first!, second: second! } }
      },
    })
    const [x, d, e] = [ramp(2, 3, 2), ramp(2, 3, 2), ramp(6, 2)]
    const { first, second } = await program.run({ x, d, e })
    const expected = Array.from({ length: 12 }, (_, i) =>
      i < 6 ? Number(x.data[i]) * Number(d.data[i]) + Number(x.data[6 + i]) * Number(d.data[6 + i]) : 0,
    )
    expect([...first.data].map(Number)).toEqual(expected.map(each => expect.closeTo(each, 5)))
    const pushed = Array.from({ length: 12 }, (_, i) => Number(x.data[i]) * Number(e.data[i % 6]))
    expect([...second.data].map(Number)).toEqual(pushed.map(each => expect.closeTo(each, 5)))
  })

  it('are mirrored where they are open', async () => {
    const nodes = [node('Pad', ['x', 'sizes'], ['y'], { mode: { type: 'string', value: 'reflect' } })]
    const bytes = file({ nodes, initializers: [longs('sizes', 2, 1, 1, 3)] })
    await expectPlain(bytes, { x: ramp(5, 4) })
    await expect((await importOnnx(bytes)).run({ x: ramp(2, 4) })).rejects.toThrow(/needs 3 <= n, got 2/)
  })

  describe('cut from open axes', () => {
    const inputs = [value('x', 'n')]
    const ends = [longs('zero', 0), longs('one', 1), longs('five', 5), longs('fifth', -5), longs('last', -1)]
    const most: OnnxTensor = { ...longs('most', 0), data: BigInt64Array.of(2n ** 63n - 1n) }
    const initializers = [...ends, longs('two', 2), longs('three', 3), most, scalar('axis', 0)]
    const cutting = (start: string, end: string, ...rest: OnnxNode[]) => {
      const nodes = [node('Shape', ['x'], ['all']), node('Sub', ['all', 'five'], ['less'])]
      return file({
        nodes: [...nodes, node('Slice', ['x', start, end], [rest.length > 0 ? 's' : 'y']), ...rest],
        inputs,
        initializers,
      })
    }
    const mean = node('ReduceMean', ['s'], ['y'], { keepdims: int(0) })

    it.each([
      ['x[:5]', 'zero', 'five', 5],
      ['x[-5:]', 'fifth', 'most', 5],
      ['x[n-5:n]', 'less', 'all', 5],
      ['x[n-5:]', 'less', 'most', 5],
      ['x[1:-1]', 'one', 'last', 2],
      ['x[2:]', 'two', 'most', 2],
    ])('are refused where they are shorter than %s is read to be', async (_, start, end, least) => {
      const bytes = cutting(start, end, mean)
      await expectPlain(bytes, { x: ramp(7) })
      await expectPlain(bytes, { x: ramp(Math.max(least, 3)) })
      const model = await importOnnx(bytes, { file: 'm.onnx' })
      const short = {
        code: 'shape/mismatch',
        message: `'s' in 'm.onnx' needs ${least} <= n, got ${least - 1}`,
        try: "importOnnx('m.onnx', { shapes }) with numbers for the inputs' extents",
      }
      const x = ramp(least - 1)
      await expect(model.run({ x })).rejects.toMatchObject(short)
      await expect(model.gradient({ x }, { of: ({ y }) => y!, withRespectTo: 'x' })).rejects.toMatchObject(short)
      const fixed = await importOnnx(bytes, { shapes: { x: [least - 1] } })
      if (least === 5)
        expect(Number((await fixed.run({ x })).y!.data[0])).toBeCloseTo(averageOf(x, start === 'less' ? 1 : 4), 5)
    })

    const averageOf = ({ data }: HostTensor, count: number): number => {
      const taken = [...data].map(Number).slice(-count)
      return taken.reduce((sum, each) => sum + each, 0) / count
    }

    it('do not pass for longer in a larger graph', async () => {
      const model = await importOnnx(cutting('zero', 'five', mean))
      await using program = compile({
        inputs: model.inputs,
        trace: leaves => {
          const { y } = model.forward(leaves)
          return { outputs: { y: y!, d: vjp([y!], [leaves.x!], [y!.onesLike()])[0]! } }
        },
      })
      const { d } = await program.run({ x: ramp(7) })
      expect([...d.data]).toEqual([0.2, 0.2, 0.2, 0.2, 0.2, 0, 0].map(Math.fround))
      await using alone = compile({ inputs: model.inputs, trace: leaves => ({ outputs: model.forward(leaves) }) })
      await expect(alone.run({ x: ramp(3) })).rejects.toMatchObject({ code: 'engine/run' })
    })

    it('are empty where their ends are in the other order', async () => {
      await expectPlain(cutting('three', 'one'), { x: ramp(7) })
      await expectPlain(cutting('last', 'fifth'), { x: ramp(3) })
    })

    it('end at the largest integer, however it is written', async () => {
      const nodes = [
        node('Shape', ['x'], ['all']),
        node('Sub', ['all', 'one'], ['start']),
        node('Unsqueeze', ['most0', 'zero'], ['end']),
        node('Slice', ['x', 'start', 'end'], ['y']),
      ]
      await expectPlain(
        file({ nodes, inputs, initializers: [...initializers, { ...most, name: 'most0', dims: [] }] }),
        {
          x: ramp(3),
        },
      )
    })

    it('leave open what may be negative', async () => {
      const nodes = [
        node('Shape', ['x'], ['all']),
        node('Sub', ['all', 'five'], ['less']),
        node('Greater', ['less', 'last'], ['c']),
        node('Abs', ['less'], ['a']),
        node('Where', ['c', 'a', 'five'], ['d']),
        node('Cast', ['d'], ['y'], { to: int(1) }),
      ]
      const bytes = file({ nodes, inputs, initializers })
      for (const length of [2, 5, 9]) await expectPlain(bytes, { x: ramp(length) })
    })
  })

  it('that only the data decides are symbols of their own', async () => {
    const inputs = [value('x', 'n', 4), { name: 'shape', dtype: 'int64' as const, shape: [2] }]
    const nodes = [node('Reshape', ['x', 'shape'], ['a']), node('Softmax', ['a'], ['y'])]
    const shape: HostTensor = { dtype: 'int64', dims: [2], data: BigInt64Array.of(2n, 6n) }
    await expectPlain(file({ nodes, inputs }), { x: ramp(3, 4), shape })
    const model = await importOnnx(file({ nodes, inputs }))
    expect(model.outputs.y!.shape).toEqual(['a.0', 'a.1'])
    const slope = await model.gradient(
      { x: ramp(3, 4), shape },
      { of: ({ y }) => y!.square().sum(), withRespectTo: 'x' },
    )
    expect(slope.dims).toEqual([3, 4])
  })

  it('computed by arithmetic that symbols leave open still run', async () => {
    const nodes = [
      node('Shape', ['x'], ['s'], { end: int(1) }),
      node('Div', ['s', 'two'], ['half']),
      node('Concat', ['half', 'two', 'four'], ['target'], { axis: int(0) }),
      node('Reshape', ['x', 'target'], ['a']),
      node('Slice', ['a', 'zero', 'half', 'zero'], ['b']),
      node('Add', ['a', 'b'], ['c']),
      node('Expand', ['c', 'target'], ['d']),
      node('ConstantOfShape', ['half'], ['e']),
      node('Unsqueeze', ['e', 'axes'], ['f']),
      node('Add', ['d', 'f'], ['y']),
    ]
    const initializers = [longs('two', 2), longs('four', 4), longs('zero', 0), longs('axes', 1, 2)]
    await expectPlain(file({ nodes, initializers }), { x: ramp(6, 4) })
  })
})

describe('constants', () => {
  const dtypes = { float32: 1, int64: 7, uint8: 2, int32: 6 } as const
  const constants: OnnxTensor[] = [
    ...[300, 255, -3, 9, 5, 3, 2, 1].map(each => scalar(`i${each}`, each)),
    ...[-5, 0.5, 1, 2, 2.5, 3, 5].map(each => floats(`f${each}`, [], each)),
    { ...scalar('odd', 0), data: BigInt64Array.of(2n ** 53n + 1n) },
    { ...scalar('most', 0), data: BigInt64Array.of(2n ** 63n - 1n) },
    { ...scalar('least', 0), data: BigInt64Array.of(-(2n ** 63n) + 1n) },
    longs('first', 0),
  ]
  const cases: [op: string, inputs: string, attributes?: Record<string, Attribute>][] = [
    ['Max', 'f1 f2 f5'],
    ['Max', 'f5 f1 f2'],
    ['Min', 'i3 i2 i1'],
    ['Min', 'i3'],
    ['Mod', 'f-5 f3', { fmod: int(1) }],
    ['Mod', 'i-3 i2', { fmod: int(1) }],
    ['Mod', 'i-3 i2'],
    ['Pow', 'f2.5 i2'],
    ['Pow', 'i9 f0.5'],
    ['Cast', 'most', { to: int(dtypes.int32) }],
    ['Unsqueeze', 'odd first'],
    ['Unsqueeze', 'most first'],
    ['Unsqueeze', 'least first'],
    ['Neg', 'most'],
    ['Add', 'odd i2'],
  ]

  it.each(cases)('are what the runtime makes of %s of %s', async (op, inputs, attributes = {}) => {
    const nodes = [node(op, inputs.split(' '), ['c'], attributes), node('Identity', ['c'], ['y'])]
    const bytes = file({ nodes, initializers: constants })
    await using session = await runtime.createSession(bytes, { threads: 1 })
    await using model = await importOnnx(bytes, { threads: 1 })
    const { y } = await session.run({ x: ramp(1, 4) }, { y: null })
    expect((await model.run({ x: ramp(1, 4) })).y).toEqual(y)
  })

  it('are squared, rooted or taken the logarithm of where nothing is to be reduced', async () => {
    for (const op of ['ReduceSumSquare', 'ReduceLogSum', 'ReduceL1', 'ReduceL2', 'ReduceLogSumExp', 'ReduceSum']) {
      const nodes = [node('Exp', ['x'], ['e']), node(op, ['e'], ['y'], { noop_with_empty_axes: int(1) })]
      await expectPlain(file({ nodes }), { x: ramp(2, 4) })
    }
  })

  it('wrap as short integers do', async () => {
    const nodes = ['i300', 'i255'].flatMap(name => [
      node('Cast', [name], [`${name}/short`], { to: int(dtypes.uint8) }),
      node('Cast', [`${name}/short`], [`${name}/long`], { to: int(dtypes.int64) }),
    ])
    const sum = node('Sum', ['i300/float', 'i255/float'], ['y'])
    const floating = ['i300', 'i255'].map(name =>
      node('Cast', [`${name}/long`], [`${name}/float`], { to: int(dtypes.float32) }),
    )
    const bytes = file({ nodes: [...nodes, ...floating, sum], initializers: constants })
    await expectPlain(bytes, { x: ramp(1, 4) })
  })

  it('repeat nothing no times', async () => {
    await expectPlain(file({ nodes: [node('Tile', ['x', 'times'], ['y'])], initializers: [longs('times', 0, 3)] }), {
      x: ramp(2, 4),
    })
  })
})

it('keeps apart names that the engine might choose itself', async () => {
  const nodes = [node('Add', ['Add_0', 'Mul_1'], ['Add_2']), node('Mul', ['Add_2', 'constant_3'], ['Mul_4'])]
  const inputs = [value('Add_0', 'n', 4), value('Mul_1', 'n', 4)]
  const bytes = file({
    nodes,
    inputs,
    initializers: [floats('constant_3', [4], 1, 2, 3, 4)],
    outputs: [{ name: 'Mul_4' }, { name: 'Add_2' }],
  })
  await expectPlain(bytes, { Add_0: ramp(2, 4), Mul_1: ramp(2, 4) }, ['Mul_4', 'Add_2'])
})

it('reads a value that is both input and output', async () => {
  const bytes = file({ nodes: [node('Neg', ['x'], ['y'])], outputs: [{ name: 'y' }, value('x', 'n', 4)] })
  const { x } = await (await importOnnx(bytes)).run({ x: ramp(1, 4) })
  expect(x).toEqual(ramp(1, 4))
})

it('names the node of a file whose shapes do not fit', async () => {
  const bytes = file({
    nodes: [{ ...node('MatMul', ['x', 'w'], ['y']), name: '/head/MatMul' }],
    initializers: [floats('w', [3, 2], 1, 2, 3, 4, 5, 6)],
  })
  await expect(importOnnx(bytes, { file: 'm.onnx' })).rejects.toMatchObject({
    code: 'shape/mismatch',
    message: 'MatMul: [n, 4] by [3, 2]; 4 is not 3',
    where: "MatMul '/head/MatMul' in 'm.onnx'",
  })
})
