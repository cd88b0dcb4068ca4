import { describe, expect, it } from 'vitest'
import { compile, float32, int32, State } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import { Embedding, Linear, Module, trainable } from '../index.ts'
import { Adagrad } from './adagrad.ts'
import { Adam } from './adam.ts'
import { Ftrl } from './ftrl.ts'
import type { Optimizer, ParameterGroup } from './optimizer.ts'
import { Sgd } from './sgd.ts'

const rows = 60
const fields = 3

class Net extends Module {
  embedding = new Embedding(rows, 4, { paddingRows: [0] })
  output = new Linear(fields * 4, 1)
}

type Make = (groups: ParameterGroup[]) => Optimizer

/** Weights and slots after some steps, the table moving whole or by rows. */
async function trained(make: Make, largeTable: number, batches: readonly Int32Array[], threads = 1) {
  const model = new Net()
  const optimizer = make([{ name: 'all', parameters: trainable(model), largeTable }])
  const state = new State({ model, optimizer }, 5)
  await using program = compile({
    inputs: { ids: int32(['batch', fields]), y: float32(['batch']) },
    state,
    threads,
    trace: ({ ids, y }) => {
      const prediction = model.output.forward(model.embedding.forward(ids).flatten()).squeeze(1)
      const loss = prediction.sub(y).square().mean()
      return {
        outputs: { loss },
        updates: optimizer.step(loss, { learningRate: y.at(0).mul(0).add(0.1), clipNorm: 0.5 }),
      }
    },
  })
  const random = new Random(2)
  for (const ids of batches) {
    await program.run({ ids, y: Float32Array.from({ length: ids.length / fields }, () => random.normal()) })
  }
  const weight = Array.from(state.read('model.embedding.weight').data)
  return { weight, byRow: optimizer.chunks.some(chunk => chunk.byRow), plan: program.plan({ batch: 8 }), state }
}

const random = new Random(9)
const everyRow = Array.from({ length: 4 }, () => new Random(1).shuffle(Int32Array.from({ length: rows }, (_, i) => i)))
const someRows = Array.from({ length: 6 }, (_, i) =>
  Int32Array.from({ length: fields * (5 + i) }, () => random.integer(rows)),
)

const optimizers: Record<string, Make> = {
  sgd: groups => new Sgd(groups),
  momentum: groups => new Sgd(groups, 0.9),
  adagrad: groups => new Adagrad(groups),
  ftrl: groups => new Ftrl(groups, { l1: 0.01 }),
  adam: groups => new Adam(groups),
  adamw: groups => new Adam(groups, { weightDecay: 0.1 }),
}

function expectSame(a: readonly number[], b: readonly number[]) {
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 5))
}

describe('a table that moves by rows', () => {
  it.each(Object.keys(optimizers))('%s: is the whole table where every row is touched', async name => {
    const whole = await trained(optimizers[name]!, Infinity, everyRow)
    const byRow = await trained(optimizers[name]!, 1, everyRow)
    expect([whole.byRow, byRow.byRow]).toEqual([false, true])
    // a padding row has no gradient and is not touched: decoupled decay, too, moves only what a batch reads
    expectSame(byRow.weight, whole.weight)
  })

  it.each(['sgd', 'adagrad'])('%s: is the whole table whatever is touched', async name => {
    const whole = await trained(optimizers[name]!, Infinity, someRows)
    expectSame((await trained(optimizers[name]!, 1, someRows)).weight, whole.weight)
  })

  it('adam: rows that no batch touched stay as they began, moments too', async () => {
    const { weight, state } = await trained(optimizers.adam!, 1, someRows)
    const start = await trained(optimizers.adam!, 1, [])
    const touched = new Set(someRows.flatMap(ids => [...ids]).filter(id => id !== 0))
    const moments = state.read('optimizer.all.table.0.firstMoment').data
    expect(touched.size).toBeLessThan(rows - 1)
    for (let row = 0; row < rows; row++) {
      const part = (values: ArrayLike<number>) => Array.from(values).slice(row * 4, row * 4 + 4)
      const moved = part(weight).some((value, j) => value !== part(start.weight)[j])
      expect(moved, `row ${row}`).toBe(touched.has(row))
      expect(part(moments).some(value => value !== 0)).toBe(touched.has(row))
    }
  })

  it('has one buffer, not two, and gives the same bits on two threads', async () => {
    const whole = await trained(optimizers.adam!, Infinity, someRows)
    const one = await trained(optimizers.adam!, 1, someRows, 1)
    const two = await trained(optimizers.adam!, 1, someRows, 2)
    expect(two.weight).toEqual(one.weight)
    const tableBytes = rows * 4 * 4
    expect(whole.plan.stateBytes - one.plan.stateBytes).toBe(3 * tableBytes)
  })

  it('stays whole under a penalty of the whole table', () => {
    const model = new Net()
    const adam = new Adam([{ name: 'all', parameters: trainable(model), l2: 0.1, largeTable: 1 }])
    expect(adam.chunks.some(chunk => chunk.byRow)).toBe(false)
  })
})
