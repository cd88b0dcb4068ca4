import { describe, expect, it } from 'vitest'
import { Random } from '../../random/index.ts'
import { allocate, type HostTensor } from '../dtype.ts'
import { runtime as native } from './node.ts'
import type { Runtime } from './runtime.ts'
import { node, testModel } from './testing.ts'
import { createWebRuntime } from './web.ts'

const runtimes: [string, Runtime][] = [
  ['node', native],
  ['web', createWebRuntime({ threads: 2 })],
]

const float32 = (dims: number[], values: ArrayLike<number>): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(values),
})

const matmul = testModel({
  nodes: [node('MatMul', ['a', 'b'], ['c']), node('ReduceSum', ['c'], ['sum'])],
  initializers: [],
  inputs: [
    { name: 'a', dtype: 'float32', shape: ['n', 'k'] },
    { name: 'b', dtype: 'float32', shape: ['k', 'm'] },
  ],
  outputs: [
    { name: 'c', dtype: 'float32', shape: ['n', 'm'] },
    { name: 'sum', dtype: 'float32', shape: [1, 1] },
  ],
})

describe.each(runtimes)('the %s runtime', (name, runtime) => {
  it('runs a graph, outputs chosen by name', async () => {
    await using session = await runtime.createSession(matmul)
    expect([runtime.name, session.inputNames, session.outputNames]).toEqual([name, ['a', 'b'], ['c', 'sum']])
    const feeds = { a: float32([2, 2], [1, 2, 3, 4]), b: float32([2, 1], [10, 1]) }
    expect(await session.run(feeds, { c: null })).toEqual({ c: float32([2, 1], [12, 34]) })
    const both = await session.run(feeds, { sum: null, c: null })
    expect([both.sum, both.c]).toEqual([float32([1, 1], [46]), float32([2, 1], [12, 34])])
  })

  it('fills the buffers given, views included, and returns them', async () => {
    await using session = await runtime.createSession(matmul)
    const buffer = new Float32Array(8).fill(-1)
    const c: HostTensor = { dtype: 'float32', dims: [2, 2], data: buffer.subarray(2, 6) }
    const source = Float32Array.of(9, 1, 0, 0, 1, 9)
    const identity: HostTensor = { dtype: 'float32', dims: [2, 2], data: source.subarray(1, 5) }
    const results = await session.run({ a: identity, b: float32([2, 2], [5, 6, 7, 8]) }, { c, sum: null })
    expect(results.c).toBe(c)
    expect([...buffer]).toEqual([-1, -1, 5, 6, 7, 8, -1, -1])
    expect([...results.sum!.data]).toEqual([26])
  })

  it('sees what the host writes into a buffer between runs', async () => {
    await using session = await runtime.createSession(matmul)
    const a = float32([1, 1], [1])
    const b = float32([1, 1], [2])
    const c = float32([1, 1], [0])
    for (const value of [3, 4, 5]) {
      a.data[0] = value
      await session.run({ a, b }, { c })
      expect(c.data[0]).toBe(value * 2)
    }
  })

  it.each<HostTensor>([
    { dtype: 'float32', dims: [2], data: Float32Array.of(1.5, -0) },
    { dtype: 'float64', dims: [2], data: Float64Array.of(Math.PI, 1e300) },
    { dtype: 'int32', dims: [2], data: Int32Array.of(-7, 2 ** 31 - 1) },
    { dtype: 'int64', dims: [2], data: BigInt64Array.of(-(2n ** 63n), 5n) },
    { dtype: 'bool', dims: [2], data: Uint8Array.of(1, 0) },
    { dtype: 'uint8', dims: [2], data: Uint8Array.of(0, 255) },
    { dtype: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xfbff) },
    { dtype: 'float32', dims: [0, 3], data: new Float32Array(0) },
    { dtype: 'float32', dims: [], data: Float32Array.of(2) },
  ])('passes $dtype $dims through unchanged', async x => {
    const value = { dtype: x.dtype, shape: x.dims }
    const model = testModel({
      nodes: [node('Reshape', ['x', 'shape'], ['y'], { allowzero: { type: 'int', value: 1 } })],
      initializers: [
        { name: 'shape', dtype: 'int64', dims: [x.dims.length], data: BigInt64Array.from(x.dims.map(BigInt)) },
      ],
      inputs: [{ name: 'x', ...value }],
      outputs: [{ name: 'y', ...value }],
    })
    await using session = await runtime.createSession(model)
    expect((await session.run({ x }, { y: null })).y).toEqual(x)
    const y = { ...x, data: allocate(x.dtype, x.data.length) }
    await session.run({ x }, { y })
    expect(y).toEqual(x)
  })

  it('names what is wrong with a run', async () => {
    await using session = await runtime.createSession(matmul)
    const a = float32([2, 2], [1, 2, 3, 4])
    await expect(session.run({ a }, { c: null })).rejects.toMatchObject({
      code: 'engine/run',
      message: "input 'b' is missing in the feeds",
    })
    await expect(session.run({ a, b: a }, { sums: null })).rejects.toMatchObject({
      code: 'engine/run',
      message: "the graph has no output 'sums'",
      why: 'nearest: sum',
    })
    await expect(session.run({ a, b: float32([3, 1], [1, 2, 3]) }, { c: null })).rejects.toMatchObject({
      code: 'engine/run',
      why: expect.stringMatching(/MatMul/),
    })
    await expect(session.run({ a, b: float32([4], [1, 2, 3, 4]) }, { c: null })).rejects.toMatchObject({
      why: expect.stringMatching(/Invalid rank for input: b Got: 1 Expected: 2/),
    })
    await expect(session.run({ a, b: a }, { c: float32([1, 4], [0, 0, 0, 0]) })).rejects.toMatchObject({
      code: 'engine/run',
    })
    const after = await session.run({ a, b: a }, { c: null })
    expect([...after.c!.data]).toEqual([7, 10, 15, 22])
  })

  it('says why a graph is refused', async () => {
    const typo = testModel({
      nodes: [node('MatMull', ['a'], ['c'])],
      initializers: [],
      inputs: [{ name: 'a', dtype: 'float32', shape: [1] }],
      outputs: [{ name: 'c', dtype: 'float32', shape: [1] }],
    })
    await expect(runtime.createSession(typo)).rejects.toMatchObject({
      code: 'engine/graph',
      why: expect.stringMatching(/MatMull/),
    })
    await expect(runtime.createSession(typo.subarray(0, 20))).rejects.toMatchObject({ code: 'engine/graph' })
  })

  it('says which providers are present when one is absent', async () => {
    await expect(runtime.createSession(matmul, { device: 'cuda' })).rejects.toMatchObject({
      code: 'engine/device',
      message: expect.stringMatching(/^no CUDA provider here; present: cpu/),
      try: '--device cpu',
      exitCode: 4,
    })
  })

  it('refuses to run after close, which waits for the run under way', async () => {
    const session = await runtime.createSession(matmul)
    const a = float32([1, 1], [3])
    const underWay = session.run({ a, b: a }, { c: null })
    const closed = session.close()
    await expect(session.run({ a, b: a }, { c: null })).rejects.toMatchObject({ code: 'engine/closed' })
    expect([...(await underWay).c!.data]).toEqual([9])
    await closed
    await session.close()
  })
})

it('gives the same bits on one and two threads', async () => {
  const random = new Random(1, 0, 0)
  const values = (count: number) => Float32Array.from({ length: count }, () => random.uniform() - 0.5)
  const a: HostTensor = { dtype: 'float32', dims: [300, 257], data: values(300 * 257) }
  const b: HostTensor = { dtype: 'float32', dims: [257, 129], data: values(257 * 129) }
  const results = await Promise.all(
    [1, 2].map(async threads => {
      await using session = await native.createSession(matmul, { threads })
      return session.run({ a, b }, { c: null, sum: null })
    }),
  )
  expect(Buffer.from(results[0]!.c!.data.buffer)).toEqual(Buffer.from(results[1]!.c!.data.buffer))
  expect(results[0]!.sum).toEqual(results[1]!.sum)
})
