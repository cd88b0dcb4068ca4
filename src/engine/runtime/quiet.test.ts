import { InferenceSession } from 'onnxruntime-node'
import { afterEach, expect, it, vi } from 'vitest'
import { Random } from '../../random/index.ts'
import type { HostTensor } from '../dtype.ts'
import { heldMemory } from './held-memory.ts'
import { runtime } from './node.ts'
import { withQuietOutput } from './quiet.ts'
import { node, testModel } from './testing.ts'
import { createWebRuntime } from './web.ts'

/** Momentum and step of an optimizer, state in and state out: w' = w - 0.1 m', m' = 0.9 m + g. */
const step = {
  name: 'step',
  nodes: [
    node('Mul', ['m', 'decay'], ['kept']),
    node('Add', ['kept', 'g'], ['m.next']),
    node('Mul', ['m.next', 'rate'], ['move']),
    node('Sub', ['w', 'move'], ['w.next']),
  ],
  initializers: [
    { name: 'decay', dtype: 'float32', dims: [], data: Float32Array.of(0.9) },
    { name: 'rate', dtype: 'float32', dims: [], data: Float32Array.of(0.1) },
  ],
  inputs: ['w', 'm', 'g'].map(name => ({ name, dtype: 'float32', shape: ['n'] }) as const),
  outputs: ['w.next', 'm.next'].map(name => ({ name, dtype: 'float32', shape: ['n'] }) as const),
} as const

const vector = (length: number, random?: Random): HostTensor => ({
  dtype: 'float32',
  dims: [length],
  data: random ? Float32Array.from({ length }, () => random.uniform()) : new Float32Array(length),
})

const bytesOf = ({ data }: HostTensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** The class behind the factory that the types show. */
const sessionClass = InferenceSession as unknown as { prototype: InferenceSession }

afterEach(() => vi.restoreAllMocks())

it.each([1, 2])('a quiet run gives the bits of a plain one, on %i threads', async threads => {
  await using plain = await runtime.createSession(testModel(step), { threads })
  await using quiet = await runtime.createSession(testModel(withQuietOutput(step)), { threads })
  expect(quiet.outputNames).toEqual(plain.outputNames)
  const run = vi.spyOn(sessionClass.prototype, 'run')
  const states = []
  for (const session of [plain, quiet]) {
    const random = new Random(7)
    let state = { w: vector(80_000, random), m: vector(80_000, random) }
    let next = { w: vector(80_000), m: vector(80_000) }
    const g = vector(80_000, random)
    for (let i = 0; i < 20; i++) {
      await session.run({ ...state, g }, { 'w.next': next.w, 'm.next': next.m })
      ;[state, next] = [next, state]
    }
    states.push(state)
  }
  expect(run).toHaveBeenCalledTimes(40)
  for (const name of ['w', 'm'] as const) {
    expect(Buffer.compare(bytesOf(states[0]![name]), bytesOf(states[1]![name]))).toBe(0)
  }
})

it('a quiet graph also answers with new buffers, on native and web', async () => {
  const model = testModel(withQuietOutput(step))
  const feeds = { w: vector(3), m: vector(3), g: vector(3, new Random(1)) }
  const kept = vector(3)
  const answers = []
  for (const each of [runtime, createWebRuntime()]) {
    await using session = await each.createSession(model)
    const { 'w.next': w, 'm.next': m } = await session.run(feeds, { 'w.next': null, 'm.next': kept })
    expect(m).toBe(kept)
    answers.push([w, { ...m!, data: m!.data.slice() }])
  }
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0]![1]!.data).toEqual(feeds.g.data)
})

it('falls back to a plain run, whose error is the one reported', async () => {
  await using session = await runtime.createSession(testModel(withQuietOutput(step)))
  const run = vi.spyOn(sessionClass.prototype, 'run')
  const feeds = { w: vector(80_000), m: vector(80_000), g: vector(80_001) }
  const fetches = { 'w.next': vector(80_000), 'm.next': vector(80_000) }
  await expect(session.run(feeds, fetches)).rejects.toMatchObject({
    code: 'engine/run',
    why: expect.stringMatching(/Add/),
  })
  expect(run).toHaveBeenCalledTimes(2)
})

it('neither logs nor leaves a rejection behind', async () => {
  const written = vi.spyOn(process.stderr, 'write')
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  await using session = await runtime.createSession(testModel(withQuietOutput(step)))
  const feeds = { w: vector(80_000), m: vector(80_000), g: vector(80_000) }
  await session.run(feeds, { 'w.next': vector(80_000), 'm.next': vector(80_000) })
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
  expect(written).not.toHaveBeenCalled()
})

it.each([
  ['quiet', withQuietOutput(step)],
  ['plain', step],
])('keeps memory flat over 2,000 %s runs with swapped buffers', async (_, graph) => {
  await using session = await runtime.createSession(testModel(graph), { threads: 1 })
  let state = { w: vector(70_000), m: vector(70_000) }
  let next = { w: vector(70_000), m: vector(70_000) }
  const g = vector(70_000)
  const runs = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await session.run({ ...state, g }, { 'w.next': next.w, 'm.next': next.m })
      ;[state, next] = [next, state]
    }
    return heldMemory()
  }
  const before = await runs(200)
  const after = await runs(2000)
  // One retained output would be 280 kB a run, 560 MB in all.
  expect(after.external - before.external).toBeLessThan(2e6)
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2e6)
  expect(after.rss - before.rss).toBeLessThan(40e6)
})
