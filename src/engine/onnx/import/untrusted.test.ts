import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isInterplayError } from '../../../errors/index.ts'
import { Random } from '../../../random/index.ts'
import { importOnnx, type HostTensor, type ImportedModel } from '../../index.ts'
import { node, testModel } from '../../runtime/testing.ts'
import { decodeModel, encodeModel, type Attribute, type OnnxModel, type OnnxNode } from '../codec.ts'
import { fixtureBytes } from './testing.ts'

const names = [
  'encoder',
  'gpt',
  'vit',
  'resnet',
  'unet',
  'convnet-opset13',
  'mixer-dynamo',
  'branch-dynamo',
  'lstm',
  'scan-dynamo',
]
const files = names.map(fixtureBytes)
const models = files.map(bytes => decodeModel(bytes))

/** Milliseconds that each kind of mutation may take. */
const budget = 2000

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random.uniform() * values.length)]!

/** Feeds of the declared shapes with every symbol 2, as far as they are small. */
function feedsOf(model: ImportedModel): Record<string, HostTensor> | undefined {
  const feeds: Record<string, HostTensor> = {}
  for (const [name, { dtype, shape }] of Object.entries(model.inputs)) {
    const dims = shape.map(extent => (typeof extent === 'number' ? extent : 2))
    const count = dims.reduce((a, b) => a * b, 1)
    if (count > 1e5) return undefined
    const arrays = {
      float32: Float32Array,
      float64: Float64Array,
      int32: Int32Array,
      bool: Uint8Array,
      uint8: Uint8Array,
    }
    const data = dtype === 'int64' ? new BigInt64Array(count) : new arrays[dtype as keyof typeof arrays](count)
    feeds[name] = { dtype, dims, data }
  }
  return feeds
}

/** Imports and, if that works, runs; anything but a result or an error of ours fails the test. */
async function outcome(bytes: Uint8Array, run = true): Promise<string> {
  const started = performance.now()
  try {
    await using model = await importOnnx(bytes, { threads: 1, limits: { value: 2 ** 26 } })
    const feeds = run ? feedsOf(model) : undefined
    if (feeds) await model.run(feeds)
    return feeds ? 'run' : 'read'
  } catch (error) {
    expect(isInterplayError(error), error instanceof Error ? error.stack : String(error)).toBe(true)
    const { code } = error as { code: string }
    expect(code.startsWith('internal/'), String((error as Error).stack)).toBe(false)
    return code
  } finally {
    expect(performance.now() - started).toBeLessThan(5000)
  }
}

function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice()
  const kind = random.uniform()
  if (kind < 0.1) return copy.subarray(0, Math.floor(random.uniform() * copy.length))
  const flips = 1 + Math.floor(random.uniform() * 3)
  // Half of the damage goes to the first tenth, where names, types and nodes lie before the weights.
  const reach = random.uniform() < 0.5 ? copy.length / 10 : copy.length
  for (let i = 0; i < flips; i++) copy[Math.floor(random.uniform() * reach)] = Math.floor(random.uniform() * 256)
  return copy
}

const extremes = [0, -1, 1, 2, 3, 7, -7, 64, 4096, 65537, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, -(2 ** 53 - 1)]

function otherAttribute(attribute: Attribute, random: Random): Attribute {
  const number = pick(random, extremes)
  if (attribute.type === 'int') return { type: 'int', value: number }
  if (attribute.type === 'float') return { type: 'float', value: pick(random, [0, -1, NaN, Infinity, 1e30]) }
  if (attribute.type === 'string') return { type: 'string', value: pick(random, ['', 'SAME_UPPER', 'tanh', 'nearest']) }
  if (attribute.type === 'ints') {
    const values = attribute.value.map(value => (random.uniform() < 0.5 ? number : value))
    return { type: 'ints', value: random.uniform() < 0.2 ? values.slice(1) : values }
  }
  if (attribute.type !== 'tensor' || !(attribute.value.data instanceof BigInt64Array)) return attribute
  const data = attribute.value.data.map(value => (random.uniform() < 0.5 ? BigInt(number) : value))
  return { type: 'tensor', value: { ...attribute.value, data } }
}

function otherNode(given: OnnxNode, model: OnnxModel, random: Random): OnnxNode {
  const kind = random.uniform()
  const values = model.graph.nodes.flatMap(({ outputs }) => outputs)
  if (kind < 0.35) {
    const inputs = [...given.inputs]
    inputs[Math.floor(random.uniform() * inputs.length)] = random.uniform() < 0.1 ? '' : pick(random, values)
    return { ...given, inputs }
  }
  if (kind < 0.5) return { ...given, op: pick(random, model.graph.nodes).op }
  if (kind < 0.6) return { ...given, inputs: given.inputs.slice(1) }
  if (kind < 0.65) return { ...given, outputs: [pick(random, values)] }
  const attributes = Object.fromEntries(
    Object.entries(given.attributes).map(([name, each]) => [
      name,
      random.uniform() < 0.7 ? otherAttribute(each, random) : each,
    ]),
  )
  return { ...given, attributes: random.uniform() < 0.1 ? {} : attributes }
}

/** The model with a few nodes, inputs or extents changed: whole to the decoder, wrong to the reader. */
function twisted(model: OnnxModel, random: Random): OnnxModel {
  const nodes = [...model.graph.nodes]
  for (let i = 0; i < 1 + Math.floor(random.uniform() * 3); i++) {
    const at = Math.floor(random.uniform() * nodes.length)
    nodes[at] = otherNode(nodes[at]!, model, random)
  }
  const inputs = model.graph.inputs.map(input => {
    if (random.uniform() < 0.8) return input
    const dtype = random.uniform() < 0.5 ? pick(random, ['float64', 'int64', 'bool', 'string'] as const) : input.dtype
    const shape = (input.shape ?? []).map(extent =>
      random.uniform() < 0.5 ? pick(random, [0, 1, 5, 'n', '', '2*n']) : extent,
    )
    return { ...input, shape, ...(dtype && { dtype }) }
  })
  return { ...model, graph: { ...model.graph, nodes, inputs } }
}

/** The model with its first weights in another file. */
function externally(model: OnnxModel, location: string): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, encodeModel(model))
  const [tensor] = proto.graph!.initializer
  tensor!.rawData = new Uint8Array()
  tensor!.dataLocation = 1
  tensor!.externalData = [{ $typeName: 'onnx.StringStringEntryProto', key: 'location', value: location }]
  return toBinary(ModelProtoSchema, proto)
}

describe('a file from anywhere', () => {
  it('ends in a result or an error of ours when its bytes are damaged', async () => {
    const random = new Random(1, 'bytes')
    const started = performance.now()
    const outcomes = new Set<string>()
    for (let i = 0; performance.now() - started < budget || i < 40; i++) {
      outcomes.add(await outcome(damaged(pick(random, files), random), i % 4 === 0))
    }
    expect(outcomes).toContain('onnx/corrupt')
    expect(outcomes).toContain('run')
  })

  it('ends in a result or an error of ours when its graph is twisted', async () => {
    const random = new Random(1, 'graphs')
    const started = performance.now()
    const outcomes = new Set<string>()
    for (let i = 0; performance.now() - started < budget || i < 40; i++) {
      outcomes.add(await outcome(encodeModel(twisted(pick(random, models), random)), i % 2 === 0))
    }
    expect(outcomes).toContain('shape/mismatch')
    expect(outcomes).toContain('run')
  })

  it('makes nothing of a size that it only claims', async () => {
    const int = (value: number): Attribute => ({ type: 'int', value })
    const shape = (...dims: number[]) => ({
      name: 's',
      dtype: 'int64' as const,
      dims: [dims.length],
      data: BigInt64Array.from(dims, BigInt),
    })
    const input = { name: 'x', dtype: 'float32' as const, shape: ['n', 4] }
    const longOnes: OnnxNode['attributes'] = {
      value: { type: 'tensor', value: { name: '', dtype: 'int64', dims: [1], data: BigInt64Array.of(1n) } },
    }
    const graph = (nodes: OnnxNode[], initializers = [shape(1e9, 1e9)]) =>
      testModel({ nodes, initializers, inputs: [input], outputs: [{ name: 'y', dtype: 'float32' }] })
    const hostile: Record<string, Uint8Array> = {
      fill: graph([node('ConstantOfShape', ['s'], ['y'])]),
      expand: graph([node('Expand', ['x', 's'], ['y'])], [shape(1e9, 1e9, 1, 4)]),
      tile: graph([node('Tile', ['x', 's'], ['y'])]),
      pad: graph([node('Pad', ['x', 's'], ['y'])], [shape(0, 2 ** 40, 0, 2 ** 40)]),
      wrap: graph(
        [node('Pad', ['x', 's'], ['y'], { mode: { type: 'string', value: 'wrap' } })],
        [shape(0, 2 ** 40, 0, 0)],
      ),
      hot: graph(
        [node('Cast', ['x'], ['i'], { to: int(7) }), node('OneHot', ['i', 'depth', 'v'], ['y'])],
        [shape(2 ** 40), { ...shape(2 ** 40), name: 'depth' }, { ...shape(0, 1), name: 'v' }],
      ),
      split: graph([
        node(
          'Split',
          ['x'],
          Array.from({ length: 4 }, (_, i) => `y${i || ''}`),
          { axis: int(1), num_outputs: int(2 ** 40) },
        ),
      ]),
      parts: graph([node('Split', ['x'], ['y', 'z'], { axis: int(1), num_outputs: int(3e8) })]),
      wide: testModel(
        {
          nodes: [node('RMSNormalization', ['x', 'x'], ['y'], { axis: int(-(2 ** 31)) })],
          initializers: [],
          inputs: [input],
          outputs: [{ name: 'y', dtype: 'float32' }],
        },
        { opset: 23 },
      ),
      reshape: graph(
        [node('ConstantOfShape', ['s'], ['t'], longOnes), node('Expand', ['x', 't'], ['y'])],
        [shape(2 ** 22)],
      ),
      together: testModel({
        nodes: Array.from({ length: 3 }, (_, i) => node('ConstantOfShape', ['s'], [`y${i}`])),
        initializers: [shape(2 ** 23)],
        inputs: [{ ...input, shape: [1, 4] }],
        outputs: Array.from({ length: 3 }, (_, i) => ({ name: `y${i}`, dtype: 'float32' as const })),
      }),
      resize: testModel({
        nodes: [node('Resize', ['x', '', '', 's'], ['y'])],
        initializers: [shape(1, 1, 2 ** 30, 2 ** 30)],
        inputs: [{ ...input, shape: [1, 1, 4, 4] }],
        outputs: [{ name: 'y', dtype: 'float32' }],
      }),
      range: graph([
        node('Constant', [], ['a'], { value_float: { type: 'float', value: 0 } }),
        node('Constant', [], ['b'], { value_float: { type: 'float', value: 1e15 } }),
        node('Constant', [], ['c'], { value_float: { type: 'float', value: 1 } }),
        node('Range', ['a', 'b', 'c'], ['y']),
      ]),
    }
    const before = process.memoryUsage().rss
    for (const [name, bytes] of Object.entries(hostile)) {
      const code = await outcome(bytes)
      expect([name, code]).toEqual([name, expect.stringMatching(/^(onnx\/|shape\/)/)])
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
  })

  it('refuses sizes that only the feeds decide before it runs', async () => {
    const grown = Array.from({ length: 6 }, (_, i) => [
      node('Shape', [`x${i}`], [`s${i}`]),
      node('Tile', [`x${i}`, `s${i}`], [`x${i + 1}`]),
    ]).flat()
    const bytes = testModel({
      nodes: grown,
      initializers: [],
      inputs: [{ name: 'x0', dtype: 'float32', shape: ['n'] }],
      outputs: [{ name: 'x6', dtype: 'float32' }],
    })
    await using model = await importOnnx(bytes)
    expect((await model.run({ x0: Float32Array.of(3) })).x6!.dims).toEqual([1])
    await expect(model.run({ x0: new Float32Array(10) })).rejects.toMatchObject({ code: 'onnx/size' })
  })

  it('grows no extents, names, symbols or initialisers beyond its own size', async () => {
    const x = (...shape: string[]) => ({ name: 'x', dtype: 'float32' as const, shape })
    const y = [{ name: 'y' }]
    const squares = Array.from({ length: 40 }, (_, i) =>
      node('Mul', [`s${i}`, `s${i}`], [i === 39 ? 'y' : `s${i + 1}`]),
    )
    const powers = testModel({
      nodes: [node('Shape', ['x'], ['s0']), ...squares],
      initializers: [],
      inputs: [x('n')],
      outputs: y,
    })
    expect(await outcome(powers)).toBe('onnx/size')
    const sums = Array.from({ length: 16 }, (_, i) => `a${i}+b${i}`)
    const negated = { nodes: [node('Neg', ['x'], ['y'])], initializers: [], outputs: y }
    expect(await outcome(testModel({ ...negated, inputs: [x(...sums)] }))).toBe('onnx/size')
    const path = Array.from({ length: 32 }, (_, i) => `/${i}${'a'.repeat(1e5)}`).join('')
    const named = [{ ...negated.nodes[0]!, name: path }]
    const before = process.memoryUsage().heapUsed
    expect(await outcome(testModel({ ...negated, nodes: named, inputs: [x('n')] }))).toBe('run')
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6)
    const many = Array.from({ length: 40 }, (_, i) => ({ ...x(`n${i}`), name: `x${i}` }))
    const sum = testModel({
      nodes: [
        node(
          'Sum',
          many.map(({ name }) => name),
          ['y'],
        ),
      ],
      initializers: [],
      inputs: many,
      outputs: y,
    })
    await expect(importOnnx(sum, { limits: { symbols: 20 } })).rejects.toMatchObject({
      code: 'onnx/size',
      message: "'model.onnx' has more than 20 symbols for extents that others name",
    })
    expect((await importOnnx(sum)).outputs.y!.shape).toEqual(['n0'])
    const one = { name: 'w', dtype: 'float32' as const, dims: [1], data: Float32Array.of(1) }
    const twice = testModel({
      nodes: [node('Mul', ['x', 'w'], ['y'])],
      initializers: Array.from({ length: 8000 }, () => one),
      inputs: [x('n')],
      outputs: y,
    })
    await expect(importOnnx(twice)).rejects.toMatchObject({ code: 'onnx/corrupt', why: "it has two initialisers 'w'" })
  })

  it('may call things as JavaScript calls its own', async () => {
    const names = ['constructor', 'toString', '__proto__']
    const w = { name: 'w', dtype: 'float32' as const, dims: [2], data: Float32Array.of(2, 3) }
    for (const name of names) {
      const graph = (nodes: OnnxNode[], input = 'x') =>
        testModel({
          nodes,
          initializers: [w],
          inputs: [{ name: input, dtype: 'float32', shape: [2] }],
          outputs: [{ name: 'y', dtype: 'float32' }],
        })
      expect(await outcome(graph([node(name, ['x', 'w'], ['y'])]))).toBe('onnx/operators')
      const model = await importOnnx(graph([node('Mul', [name, 'w'], ['y'])], name))
      expect(Object.keys(model.inputs)).toEqual([name])
      expect(() => model.forward({})).toThrow(expect.objectContaining({ code: 'engine/feed' }))
      const nearest: OnnxNode['attributes'] = { nearest_mode: { type: 'string', value: name } }
      const resized = testModel({
        nodes: [node('Resize', ['x', '', 'scales'], ['y'], nearest)],
        initializers: [{ name: 'scales', dtype: 'float32', dims: [4], data: Float32Array.of(1, 1, 2, 2) }],
        inputs: [{ name: 'x', dtype: 'float32', shape: [1, 1, 2, 2] }],
        outputs: [{ name: 'y', dtype: 'float32' }],
      })
      expect(await outcome(resized)).toBe('onnx/operators')
    }
  })

  it('may not call itself, nest or multiply without end', async () => {
    const call = (name: string, input: string, output: string): OnnxNode => ({
      ...node(name, [input], [output]),
      domain: 'own',
    })
    const body = (name: string, nodes: OnnxNode[]) => ({
      name,
      domain: 'own',
      inputs: ['a'],
      outputs: ['b'],
      parameters: [],
      defaults: {},
      opset: { '': 21, own: 1 },
      nodes,
    })
    const model = (functions: OnnxModel['functions'], first: string) =>
      encodeModel({
        ...decodeModel(
          testModel({
            nodes: [call(first, 'x', 'y')],
            initializers: [],
            inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
            outputs: [{ name: 'y', dtype: 'float32' }],
          }),
        ),
        opset: { '': 21, own: 1 },
        functions,
      })
    expect(await outcome(model([body('f', [call('f', 'a', 'b')])], 'f'))).toBe('onnx/size')
    const levels = Array.from({ length: 30 }, (_, i) =>
      body(
        `f${i}`,
        i === 29 ? [node('Neg', ['a'], ['b'])] : [call(`f${i + 1}`, 'a', 'c'), call(`f${i + 1}`, 'c', 'b')],
      ),
    )
    expect(await outcome(model(levels, 'f0'))).toBe('onnx/size')
    expect(await outcome(model(levels.slice(22), 'f22'))).toBe('run')
  })

  it('cannot refer to files outside its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'interplay-import-'))
    await mkdir(join(folder, 'inner'))
    await writeFile(join(folder, 'secret'), new Uint8Array(16))
    await symlink(join(folder, 'secret'), join(folder, 'inner', 'link'))
    const model = decodeModel(
      testModel({
        nodes: [node('Add', ['x', 'w'], ['y'])],
        initializers: [{ name: 'w', dtype: 'float32', dims: [4], data: new Float32Array(4) }],
        inputs: [{ name: 'x', dtype: 'float32', shape: [4] }],
        outputs: [{ name: 'y', dtype: 'float32' }],
      }),
    )
    for (const location of ['../secret', join(folder, 'secret'), 'link']) {
      const path = join(folder, 'inner', 'm.onnx')
      await writeFile(path, externally(model, location))
      await expect(importOnnx(path)).rejects.toMatchObject({
        code: 'onnx/outside',
        message: "'m.onnx' refers to a file outside its folder",
      })
      await expect(importOnnx(externally(model, location))).rejects.toMatchObject({ code: 'onnx/outside' })
    }
    await writeFile(join(folder, 'inner', 'weights'), new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer))
    await writeFile(join(folder, 'inner', 'm.onnx'), externally(model, 'weights'))
    await using honest = await importOnnx(join(folder, 'inner', 'm.onnx'))
    expect([...(await honest.run({ x: new Float32Array(4) })).y!.data]).toEqual([1, 2, 3, 4])
  })
})
