import { describe, expect, it } from 'vitest'
import { Adam, Linear, Module, meanSquaredError, trainable } from '../../../nn/index.ts'
import { compile, exportOnnx, float32, importOnnx, State, type HostTensor, type Tensor } from '../../index.ts'
import { runtime } from '../../runtime/node.ts'
import { node, testModel } from '../../runtime/testing.ts'
import { decodeModel, encodeModel, type OnnxModel } from '../codec.ts'
import { difference, fixtureBytes, fixturePath, golden } from './testing.ts'

const { inputs, outputs } = golden('resnet')
const site = 'stages.1/Relu_1'
const siteValue = '/stages/stages.1/Relu_1_output_0'
const options = { threads: 1 }

/** What plain ONNX Runtime makes of an edited file. */
async function plain(edit: (model: OnnxModel) => OnnxModel, names: string[], bytes = fixtureBytes('resnet')) {
  await using session = await runtime.createSession(encodeModel(edit(decodeModel(bytes))), options)
  return session.run(inputs, Object.fromEntries(names.map(name => [name, null])))
}

/** The file with a value given out, or with another node's value read in its place. */
const withOutput = (model: OnnxModel, name: string): OnnxModel => ({
  ...model,
  graph: { ...model.graph, outputs: [...model.graph.outputs, { name, dtype: 'float32' }] },
})

const replaced = (model: OnnxModel, name: string, factor: number): OnnxModel => {
  const constant = { name: 'factor', dtype: 'float32', dims: [], data: Float32Array.of(factor) } as const
  const nodes = model.graph.nodes.flatMap(node => {
    const read = { ...node, inputs: node.inputs.map(input => (input === name ? 'replaced' : input)) }
    if (!node.outputs.includes(name)) return [read]
    return [read, { name: 'm', op: 'Mul', domain: '', inputs: [name, 'factor'], outputs: ['replaced'], attributes: {} }]
  })
  return { ...model, graph: { ...model.graph, nodes, initializers: [...model.graph.initializers, constant] } }
}

describe('an imported model', () => {
  it('names its inputs, outputs and parameters', async () => {
    await using model = await importOnnx(fixturePath('resnet'))
    expect(model.inputs).toEqual({ image: { dtype: 'float32', shape: ['batch', 3, 32, 32] } })
    expect(model.outputs).toEqual({ y: { dtype: 'float32', shape: ['batch', 10] } })
    const parameters = new Map(model.parameters())
    expect(parameters.get('head.weight')!.shape).toEqual([10, 32])
    expect(parameters.get('stem.1.running_mean')!.role).toBe('buffer')
    expect(new Map((await importOnnx(fixturePath('gpt'))).parameters()).get('tokens.weight')!.role).toBe('embedding')
  })

  it('gives out values inside', async () => {
    await using model = await importOnnx(fixturePath('resnet'), options)
    const { y, relu } = await model.run(inputs, { capture: { relu: 'stages.1/Relu_1' } })
    const expected = await plain(file => withOutput(file, siteValue), ['y', siteValue])
    expect(difference(relu, expected[siteValue]!).relative).toBeLessThan(1e-6)
    expect(difference(y, expected.y!).absolute).toBeLessThan(1e-5)
  })

  it('runs with a value replaced by a function of it, or by a tensor', async () => {
    await using model = await importOnnx(fixturePath('resnet'), options)
    for (const factor of [0, 0.5]) {
      const expected = await plain(file => replaced(file, siteValue, factor), ['y'])
      const { y } = await model.run(inputs, { patch: { [site]: x => x.mul(factor) } })
      expect(difference(y, expected.y!).absolute).toBeLessThan(1e-5)
      expect(difference(y, outputs.y!).absolute).toBeGreaterThan(1e-3)
    }
    const { relu } = await model.run(inputs, { capture: { relu: site } })
    const half = { ...relu, data: (relu.data as Float32Array).map(value => value / 2) }
    const { y } = await model.run(inputs, { patch: { [site]: half } })
    expect(difference(y, (await plain(file => replaced(file, siteValue, 0.5), ['y'])).y!).absolute).toBeLessThan(1e-5)
    const zeros = await model.run(inputs, { patch: { [site]: 0 } })
    expect(zeros.y).toEqual((await model.run(inputs, { patch: { [site]: x => x.mul(0) } })).y)
  })

  it('has gradients with respect to inputs, values inside and parameters', async () => {
    await using model = await importOnnx(fixturePath('resnet'), options)
    const logit = { of: (y: Record<string, Tensor>) => y.y!.at(0, 2) }
    const {
      image,
      'head.bias': bias,
      [siteValue]: inside,
    } = await model.gradient(inputs, {
      ...logit,
      withRespectTo: ['image', 'head.bias', siteValue],
    })
    expect([...(bias!.data as Float32Array)]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(inside!.dims).toEqual([2, 16, 4, 4])
    const slope = await model.gradient(inputs, { ...logit, withRespectTo: 'image' })
    expect(slope).toEqual(image)
    // Along the gradient the logit grows by its squared length.
    const step = 1e-3 / Math.hypot(...(slope.data as Float32Array))
    const moved = (sign: number): HostTensor => {
      const data = (inputs.image!.data as Float32Array).map(
        (value, i) => value + sign * step * (slope.data[i] as number),
      )
      return { ...inputs.image!, data }
    }
    const [up, down] = await Promise.all(
      [1, -1].map(async sign => (await model.run({ image: moved(sign) })).y!.data[2]),
    )
    const measured = (Number(up) - Number(down)) / (2 * step)
    const expected = (slope.data as Float32Array).reduce((sum, value) => sum + value * value, 0)
    expect(measured / expected).toBeCloseTo(1, 1)
    // Other images of the batch do not matter to the first one's logit.
    const rest = (slope.data as Float32Array).subarray(3 * 32 * 32)
    expect(Math.max(...rest.map(Math.abs))).toBe(0)
  })

  it('sweeps patches over sites from one program', async () => {
    await using model = await importOnnx(fixturePath('resnet'), options)
    const sites = ['stem.2', 'stages.0', 'stages.1', 'stages.2']
    const off = (x: Tensor) => x.mul(0)
    const runs = await model.sweep(inputs, { patch: Object.fromEntries(sites.map(name => [name, [off, 0.25]])) })
    expect(runs.map(({ site: name, patch }) => `${name} ${patch}`)).toEqual(
      sites.flatMap(name => [`${name} 0`, `${name} 1`]),
    )
    for (const { site: name, patch, outputs: got } of runs) {
      const { y } = await model.run(inputs, { patch: { [name]: [off, 0.25][patch]! } })
      expect(difference(got.y!, y).absolute).toBeLessThan(1e-6)
    }
  })

  it('says which name is wrong', async () => {
    await using model = await importOnnx(fixturePath('resnet'), options)
    await expect(model.run(inputs, { capture: { a: 'stages.1/Relu_2' } })).rejects.toMatchObject({
      code: 'onnx/name',
      message: "'resnet.onnx' has no value 'stages.1/Relu_2'",
      why: expect.stringMatching(/^nearest: .*stages\.1/),
    })
    await expect(model.run(inputs, { capture: { a: 'Relu_1' } })).rejects.toMatchObject({
      message: "'Relu_1' in 'resnet.onnx' means 3 nodes",
      why: 'stages/stages.0/Relu_1, stages/stages.1/Relu_1, stages/stages.2/Relu_1',
    })
    await expect(model.gradient(inputs, { of: ({ y }) => y!.at(0, 0), withRespectTo: 'imag' })).rejects.toMatchObject({
      why: 'nearest: image',
    })
    await expect(model.run(inputs, { patch: { [site]: x => x.sum() } })).rejects.toMatchObject({
      code: 'shape/mismatch',
      message: `the patch of '${siteValue}' is float32[], the value there float32[batch, 16, 4, 4]`,
    })
    await model.close()
    await expect(model.run(inputs)).rejects.toThrow(/closed/)
  })
})

describe('names of a file', () => {
  const bytes = testModel({
    nodes: [
      { ...node('Neg', ['x'], ['h']), name: 'negate' },
      node('Exp', ['x'], ['aside']),
      node('Mul', ['h', 'gain'], ['y']),
    ],
    initializers: [{ name: 'gain', dtype: 'float32', dims: [], data: Float32Array.of(2) }],
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['n'] },
      { name: 'gain', dtype: 'float32', shape: [] },
      { name: 'rate', dtype: 'int64', shape: [] },
    ],
    outputs: [{ name: 'y', dtype: 'float32' }],
  })
  const load = () => importOnnx(bytes, { ...options, file: 'm.onnx', fixed: { rate: 1 } })
  const x = Float32Array.of(1, 2)
  const absent = { code: 'onnx/name', message: "'aside' in 'm.onnx' is not computed for its outputs" }
  const half = (each: Tensor) => each.mul(0.5)

  it('are of what the outputs need', async () => {
    await using model = await load()
    await expect(model.run({ x }, { capture: { a: 'aside' } })).rejects.toMatchObject({ ...absent, try: undefined })
    await expect(model.run({ x }, { patch: { aside: half } })).rejects.toMatchObject(absent)
    await expect(model.gradient({ x }, { of: ({ y }) => y!.sum(), withRespectTo: 'aside' })).rejects.toMatchObject(
      absent,
    )
    const patched = () =>
      compile({
        inputs: model.inputs,
        trace: leaves => ({ outputs: model.forward(leaves, { patch: { aside: half } }) }),
      })
    expect(patched).toThrow(expect.objectContaining(absent))
  })

  it('are patched once for each value', async () => {
    await using model = await load()
    const twice = { patch: { h: half, negate: half } }
    const error = { code: 'onnx/name', message: "'h' and 'negate' are two names of one value", where: "'h'" }
    await expect(model.run({ x }, twice)).rejects.toMatchObject(error)
    await expect(model.sweep({ x }, twice)).rejects.toMatchObject(error)
    const traced = () => compile({ inputs: model.inputs, trace: leaves => ({ outputs: model.forward(leaves, twice) }) })
    expect(traced).toThrow(expect.objectContaining(error))
  })

  it('hold inputs at numbers that their types have, in place of their own', async () => {
    await using model = await importOnnx(bytes, { fixed: { rate: 1, gain: 10 } })
    expect([...(await model.run({ x })).y!.data]).toEqual([-10, -20])
    for (const rate of [1.5, NaN, 2 ** 60]) {
      await expect(importOnnx(bytes, { file: 'm.onnx', fixed: { rate } })).rejects.toMatchObject({
        code: 'option/invalid',
        message: `input 'rate' of 'm.onnx' is int64, got ${rate} to fix it at`,
      })
    }
  })

  it('cannot be looked at once it is closed', async () => {
    const model = await load()
    await model.run({ x })
    await model.close()
    const closed = expect.objectContaining({ code: 'engine/closed', message: "'m.onnx' is closed" })
    expect(() => model.attach(new State({ model }, 1))).toThrow(closed)
    await expect(model.sweep({ x }, { patch: { h: 0 } })).rejects.toEqual(closed)
  })
})

describe('fine-tuning', () => {
  it('trains a part, an adapter between its nodes and a new head, and exports all of it', async () => {
    const net = await importOnnx(fixturePath('encoder'))
    const width = 32
    const added = new (class extends Module {
      readonly adapter = new Linear(width, width)
      readonly head = new Linear(width, 2)
    })()
    const moved = [...net.parameters()].filter(([path]) => path.startsWith('blocks.1.')).map(([, each]) => each)
    const optimizer = new Adam([{ name: 'all', parameters: [...moved, ...trainable(added)] }])
    const state = new State({ net, added, optimizer }, 3)
    const { ids, padding } = golden('encoder').inputs as { ids: HostTensor; padding: HostTensor }
    const forward = (leaves: Record<string, Tensor>) => {
      const { pooled } = net.forward(leaves, {
        patch: { 'blocks.0': x => x.add(added.adapter.forward(x)) },
        capture: { pooled: 'norm' },
      })
      return added.head.forward(pooled)
    }
    await using program = compile({
      inputs: { ...net.inputs, wanted: float32(['batch', 2]), rate: float32([]) },
      state,
      threads: 1,
      trace: ({ wanted, rate, ...leaves }) => {
        const loss = meanSquaredError(forward(leaves), wanted)
        return { outputs: { loss }, updates: optimizer.step(loss, { learningRate: rate }) }
      },
    })
    const frozen = new Map([...net.parameters()].map(([path]) => [path, state.read(`net.${path}`).data.slice()]))
    const feeds = {
      ids,
      padding,
      wanted: Float32Array.from({ length: 2 * ids.dims[0]! }, (_, i) => (i % 3) - 1),
      rate: 0.01,
    }
    const losses: number[] = []
    for (let i = 0; i < 40; i++) losses.push(Number((await program.run(feeds)).loss.data[0]))
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 20)
    for (const [path, before] of frozen) {
      const same = state.read(`net.${path}`).data.every((value, i) => value === before[i])
      expect([path, same]).toEqual([path, !path.startsWith('blocks.1.')])
    }
    const bytes = exportOnnx({ name: 'adapted', inputs: net.inputs, state, trace: leaves => ({ y: forward(leaves) }) })
    await using session = await runtime.createSession(bytes, options)
    const wide = { ...ids, dtype: 'int64' as const, data: BigInt64Array.from(ids.data as Int32Array, BigInt) }
    const { y } = await session.run({ ids: wide, padding }, { y: null })
    const off = (y!.data as Float32Array).map((value, i) => (value - feeds.wanted[i]!) ** 2)
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeCloseTo(losses.at(-1)!, 2)
    net.attach(state)
    const again = await (await importOnnx(bytes, options)).run({ ids, padding })
    expect(difference(again.y!, y!).absolute).toBeLessThan(1e-6)
  })

  it('exports what it imported', async () => {
    await using model = await importOnnx(fixturePath('resnet'), options)
    const bytes = exportOnnx({
      name: 'resnet',
      inputs: model.inputs,
      state: model.state,
      trace: leaves => model.forward(leaves),
    })
    const file = decodeModel(bytes)
    expect(file.graph.initializers.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...model.parameters()].map(([path]) => path)),
    )
    const { y } = await plain(same => same, ['y'], bytes)
    expect(difference(y!, outputs.y!).absolute).toBeLessThan(1e-5)
  })
})
