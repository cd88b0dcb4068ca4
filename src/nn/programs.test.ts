import { expect, it, vi } from 'vitest'
import { compile, float32, int32, State, type Tensor } from '../engine/index.ts'
import { heldMemory } from '../engine/runtime/held-memory.ts'
import { runtime } from '../engine/runtime/node.ts'
import { Random } from '../random/index.ts'
import {
  Adam,
  binaryCrossEntropy,
  Embedding,
  GradientAccumulation,
  Mode,
  Module,
  MultilayerPerceptron,
  Sgd,
  trainable,
} from './index.ts'

class Net extends Module {
  embedding = new Embedding(40, 4)
  mlp: MultilayerPerceptron
  constructor(options: { batchNorm?: boolean; dropout?: number } = {}) {
    super()
    this.mlp = new MultilayerPerceptron(12, [16], { ...options, outputs: 1 })
  }
  loss(ids: Tensor, y: Tensor, mode: Mode) {
    return binaryCrossEntropy(this.mlp.forward(this.embedding.forward(ids).flatten(), mode).squeeze(-1), y)
  }
}

const inputs = { ids: int32(['batch', 3]), y: float32(['batch']) }
const random = new Random(4)
const batchOf = (rows: number) => ({
  ids: Int32Array.from({ length: rows * 3 }, () => random.integer(40)),
  y: Float32Array.from({ length: rows }, () => random.integer(2)),
})

const rate = (y: Tensor) => y.at(0).mul(0).add(0.05)

function trainer(model: Net) {
  const optimizer = new Adam([{ name: 'all', parameters: trainable(model), l2: 0.01 }])
  const state = new State({ model, optimizer }, 3)
  const make = (options: { partial?: boolean } = {}) =>
    compile({
      inputs,
      state,
      threads: 1,
      trace: ({ ids, y }) => {
        const mode = Mode.training()
        const loss = model.loss(ids, y, mode)
        const updates = [...optimizer.step(loss, { learningRate: rate(y), clipNorm: 1 }), ...mode.updates]
        return { outputs: { loss }, updates, ...options }
      },
    })
  return { state, make }
}

const valuesOf = (state: State) => Object.fromEntries([...state.entries()].map(([name, { data }]) => [name, [...data]]))

it('takes micro-batches as one batch of all their rows', async () => {
  const batches = [batchOf(12), batchOf(12), batchOf(12)]
  const whole = trainer(new Net())
  await using program = whole.make()
  for (const { ids, y } of batches) await program.run({ ids, y })

  const model = new Net()
  const optimizer = new Adam([{ name: 'all', parameters: trainable(model), l2: 0.01 }])
  const sums = new GradientAccumulation(optimizer)
  const state = new State({ model, optimizer, sums }, 3)
  await using add = compile({
    inputs,
    state,
    threads: 1,
    trace: ({ ids, y }) => ({
      updates: sums.add(model.loss(ids, y, Mode.training()), y.countOf(0)),
      partial: true,
    }),
  })
  await using step = compile({
    inputs: { rate: float32([]) },
    state,
    threads: 1,
    trace: ({ rate }) => ({ updates: sums.step({ learningRate: rate, clipNorm: 1 }) }),
  })
  for (const { ids, y } of batches) {
    for (const [from, to] of [
      [0, 4],
      [4, 5],
      [5, 12],
    ] as const) {
      await add.run({ ids: ids.subarray(from * 3, to * 3), y: y.subarray(from, to) })
    }
    await step.run({ rate: 0.05 })
  }
  expect(state.step).toBe(3)
  for (const [name, values] of Object.entries(valuesOf(whole.state))) {
    valuesOf(state)[name]!.forEach((value, i) => expect(value, `${name} ${i}`).toBeCloseTo(values[i]!, 5))
  }
})

it('draws anew in every part of a step', async () => {
  const state = new State({}, 1)
  await using program = compile({
    inputs: { x: float32([64]) },
    state,
    trace: ({ x }) => ({ outputs: { y: x.dropout(0.5, 'mask') } }),
  })
  const masks: string[] = []
  for (const partial of [true, true, false]) {
    const { y } = await program.run({ x: new Float32Array(64).fill(1) })
    masks.push(y.data.join())
    state.advance(partial)
  }
  masks.push((await program.run({ x: new Float32Array(64).fill(1) })).y.data.join())
  expect(new Set(masks).size).toBe(4)
})

it('moves one set of parameters in one program and another in the next, over one state', async () => {
  const model = new Net()
  const groups = { tables: trainable(model.embedding), network: trainable(model.mlp) }
  const optimizers = {
    tables: new Sgd([{ name: 'tables', parameters: groups.tables }]),
    network: new Adam([{ name: 'network', parameters: groups.network }]),
  }
  const state = new State({ model, ...optimizers }, 3)
  const programs = Object.entries(optimizers).map(([name, optimizer]) => ({
    name,
    program: compile({
      inputs,
      state,
      trace: ({ ids, y }) => {
        const loss = model.loss(ids, y, Mode.training())
        return { outputs: { loss }, updates: optimizer.step(loss, { learningRate: rate(y) }) }
      },
    }),
  }))
  for (const { name, program } of programs) {
    const before = valuesOf(state)
    await program.run(batchOf(8))
    const moved = Object.entries(valuesOf(state)).filter(([own, values]) => values.join() !== before[own]!.join())
    const expected = name === 'tables' ? /^model\.embedding/ : /^(model\.mlp|network\.)/
    expect(moved.length).toBeGreaterThan(0)
    for (const [own] of moved) expect(own).toMatch(expected)
    await program.close()
  }
})

it('makes one session of a program compiled twice', async () => {
  const create = vi.spyOn(runtime, 'createSession')
  const { make, state } = trainer(new Net({ batchNorm: true, dropout: 0.2 }))
  const [first, second] = [make(), make()]
  expect(Buffer.compare(first.model, second.model)).toBe(0)
  await first.run(batchOf(6))
  await second.run(batchOf(6))
  expect(create).toHaveBeenCalledTimes(1)
  await first.close()
  await second.run(batchOf(6))
  expect(state.step).toBe(3)
  await second.close()
  await using third = make()
  await third.run(batchOf(6))
  expect(create).toHaveBeenCalledTimes(2)
  create.mockRestore()
})

it('keeps the heap flat over 1,000 steps', async () => {
  await using program = trainer(new Net({ batchNorm: true, dropout: 0.2 })).make()
  const batch = batchOf(16)
  const after = async (steps: number) => {
    for (let i = 0; i < steps; i++) await program.run(batch)
    return heldMemory()
  }
  const before = await after(1000)
  const now = await after(1000)
  // what a step makes, if it were kept, is several hundred bytes; V8's own profiling of the code still grows by some 40
  expect(now.heapUsed - before.heapUsed).toBeLessThan(100e3)
  expect(now.external - before.external).toBeLessThan(50e3)
  expect(now.arrayBuffers - before.arrayBuffers).toBeLessThan(50e3)
})
