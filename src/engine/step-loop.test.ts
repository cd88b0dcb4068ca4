import { expect, it } from 'vitest'
import { Adam, BatchNorm, Linear, Mode, Module, trainable } from '../nn/index.ts'
import { compile, constant, float32, int32, randomNormal, State, type Program, type Tensor } from './index.ts'
import { Parameter } from './parameter.ts'

class Net extends Module {
  readonly first = new Linear(3, 8)
  readonly norm = new BatchNorm(8)
  readonly last = new Linear(8, 1)

  forward(x: Tensor, mode: Mode): Tensor {
    const hidden = this.norm.forward(this.first.forward(x), mode).relu()
    return this.last.forward(mode.dropout(hidden, 0.3))
  }
}

/** Trains with everything that a step can carry: moments, running statistics, masks drawn on the host. */
function training(): { program: Program<'x' | 'y' | 'rate', 'loss' | 'answers'>; state: State } {
  const model = new Net()
  const optimizer = new Adam([{ name: 'net', parameters: trainable(model) }])
  const state = new State({ model, optimizer }, 7)
  const program = compile({
    inputs: { x: float32(['batch', 3]), y: float32(['batch', 1]), rate: float32([]) },
    state,
    threads: 1,
    trace: ({ x, y, rate }) => {
      const mode = Mode.training()
      const answers = model.forward(x, mode)
      const loss = answers.sub(y).square().mean()
      const updates = optimizer.step(mode.objective(loss), { learningRate: rate, clipNorm: 1 })
      return { outputs: { loss, answers }, updates: [...updates, ...mode.updates] }
    },
  })
  return { program, state }
}

const batch = (rows: number, step: number) => ({
  x: Float32Array.from({ length: rows * 3 }, (_, i) => Math.sin(i + 10 * step)),
  y: Float32Array.from({ length: rows }, (_, i) => Math.cos(i * step)),
  rate: 0.01 / (1 + step),
})

it('makes in one run the steps that runs make one by one', async () => {
  const batches = [5, 5, 5, 2, 2, 5].map(batch)
  const [alone, together] = [training(), training()]
  const expected = []
  for (const feeds of batches) expected.push(await alone.program.run(feeds))
  const first = await together.program.runSteps(batches.slice(0, 4))
  const rest = await together.program.runSteps(batches.slice(4))
  expect([...first, ...rest]).toEqual(expected)
  expect(together.state.step).toBe(batches.length)
  expect([...together.state.entries()]).toEqual([...alone.state.entries()])
  await Promise.all([alone.program.close(), together.program.close()])
})

it('draws anew in every step', async () => {
  const program = compile({
    inputs: { x: float32([2]) },
    seed: 3,
    threads: 1,
    trace: ({ x }) => ({ outputs: { noisy: x.add(randomNormal([2], 'noise')) } }),
  })
  const feeds = { x: Float32Array.of(1, 2) }
  const steps = await program.runSteps([feeds, feeds])
  // nothing is updated, so that the number of the step stays
  expect(steps[0]).toEqual(await program.run(feeds))
  expect(steps[1]).toEqual(steps[0])
  await program.close()
})

it('forgets the steps before a bad feed, and goes on', async () => {
  const { program, state } = training()
  const [good, other] = [batch(4, 0), batch(4, 1)]
  const bad = { ...good, y: new Float32Array(3) }
  await expect(program.runSteps([good, bad])).rejects.toMatchObject({ code: 'engine/feed' })
  expect(state.step).toBe(0)
  const twin = training()
  expect(await program.runSteps([other])).toEqual([await twin.program.run(other)])
  await Promise.all([program.close(), twin.program.close()])
  await expect(program.runSteps([good])).rejects.toMatchObject({ code: 'engine/closed' })
})

it('carries what a step writes without reading it', async () => {
  const last = new Parameter([2], () => {})
  const state = new State({ kept: { parameters: () => [['last', last] as const] } }, 1)
  const program = compile({
    inputs: { x: float32([2]) },
    state,
    threads: 1,
    trace: ({ x }) => ({ updates: [[last, x.mul(2)]] }),
  })
  await program.runSteps([{ x: Float32Array.of(1, 2) }, { x: Float32Array.of(3, 4) }])
  expect([...state.read(last).data]).toEqual([6, 8])
  await program.close()
})

it('goes step by step where tables are moved by rows', async () => {
  const table = new Parameter([4, 1], data => data.fill(1))
  const optimizer = new Adam([{ name: 'table', parameters: [table], largeTable: 1 }])
  const state = new State({ model: { parameters: () => [['table', table] as const] }, optimizer }, 1)
  const program = compile({
    inputs: { ids: int32(['batch']) },
    state,
    threads: 1,
    trace: ({ ids }) => {
      const loss = table.gather(ids).sum()
      return { outputs: { loss }, updates: optimizer.step(loss, { learningRate: constant(0.1) }) }
    },
  })
  const steps = await program.runSteps([{ ids: Int32Array.of(0, 1) }, { ids: Int32Array.of(1, 1) }])
  expect(steps.map(({ loss }) => loss.data[0])).toEqual([2, expect.closeTo(1.8, 5)])
  expect(state.step).toBe(2)
  await program.close()
})
