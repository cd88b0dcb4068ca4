import { describe, expect, it } from 'vitest'
import { compile, float32, inspect, int32, Parameter, State, type HostTensor, type Tensor } from './index.ts'
import { runtime } from './runtime/node.ts'
import type { Runtime } from './runtime/runtime.ts'

const weights = [1, -2, 3, 0.5, -1, 2]
const weight = new Parameter([3, 2], values => values.set(weights))
const model = { parameters: () => [['weight', weight]] as const }

/** y = (softplus(x W))^2, row sums beside it. */
const net = ({ x }: { x: Tensor }) => {
  const hidden = x.matmul(weight).named('hidden')
  const gate = hidden.softplus().named('gate')
  return { outputs: { y: gate.square(), total: gate.sum(-1) } }
}

const definition = { inputs: { x: float32(['batch', 3]) }, state: { model }, trace: net, threads: 1 }
const x = Float32Array.of(1, 2, 3, -1, 0, 1)
const softplus = (value: number) => Math.log1p(Math.exp(value))
const hidden = [0, 1].flatMap(row =>
  [0, 1].map(column => [0, 1, 2].reduce((sum, k) => sum + x[row * 3 + k]! * weights[k * 2 + column]!, 0)),
)
const near = (expected: readonly number[]) => expected.map(value => expect.closeTo(value, 4))
const numbers = (tensor: { data: ArrayLike<number | bigint> }) => Array.from(tensor.data, Number)

/** Counts the sessions that a test makes. */
function counted(): { runtime: Runtime; count: () => number } {
  let made = 0
  const createSession: Runtime['createSession'] = (...given) => {
    made++
    return runtime.createSession(...given)
  }
  return { runtime: { name: 'node', createSession }, count: () => made }
}

describe('looking inside a traced model', () => {
  it('captures intermediates beside the outputs', async () => {
    await using look = inspect(definition)
    const { y, inner } = await look.run({ x }, { capture: { inner: 'hidden' } })
    expect(numbers(inner)).toEqual(near(hidden))
    expect(numbers(y)).toEqual(near(hidden.map(value => softplus(value) ** 2)))
    expect(Object.keys(await look.run({ x }))).toEqual(['y', 'total'])
  })

  it('patches by function, number, tensor and repeated tensor; captures read the patched value', async () => {
    await using look = inspect(definition)
    const doubled = await look.run({ x }, { patch: { hidden: h => h.mul(2) }, capture: { inner: 'hidden' } })
    expect(numbers(doubled.inner)).toEqual(near(hidden.map(value => 2 * value)))
    expect(numbers(doubled.y)).toEqual(near(hidden.map(value => softplus(2 * value) ** 2)))
    const three = await look.run({ x }, { patch: { gate: 3 } })
    expect(numbers(three.y)).toEqual([9, 9, 9, 9])
    const whole = await look.run({ x }, { patch: { gate: Float32Array.of(1, 2, 3, 4) } })
    expect(numbers(whole.total)).toEqual([3, 7])
    const row: HostTensor = { dtype: 'float32', dims: [1, 2], data: Float32Array.of(5, 6) }
    expect(numbers((await look.run({ x }, { patch: { gate: row } })).total)).toEqual([11, 11])
  })

  it('differentiates with respect to inputs, intermediates and parameters, also when patched', async () => {
    await using look = inspect(definition)
    const of = (y: Record<string, Tensor>) => y.total!.sum()
    const sigmoid = hidden.map(value => 1 / (1 + Math.exp(-value)))
    const both = await look.gradient({ x }, { of, withRespectTo: ['hidden', 'model.weight'] })
    expect(numbers(both.hidden)).toEqual(near(sigmoid))
    const byWeight = [0, 1, 2].flatMap(k => [0, 1].map(c => x[k]! * sigmoid[c]! + x[3 + k]! * sigmoid[2 + c]!))
    expect(numbers(both['model.weight'])).toEqual(near(byWeight))
    // The custom gradient of softplus follows the patched value, not the one it was traced for.
    const patched = await look.gradient({ x }, { of, withRespectTo: 'hidden', patch: { hidden: 0 } })
    expect(numbers(patched)).toEqual(near([0.5, 0.5, 0.5, 0.5]))
  })

  it('compiles a look once: other values, and equal functions written twice, need no further session', async () => {
    const { runtime, count } = counted()
    await using look = inspect({ ...definition, runtime })
    for (const value of [1, 2, 3]) {
      const { y } = await look.run({ x }, { patch: { gate: value } })
      expect(numbers(y)[0]).toBe(value ** 2)
    }
    expect(count()).toBe(1)
    for (let i = 0; i < 3; i++) await look.run({ x }, { patch: { gate: g => g.mul(0) } })
    expect(count()).toBe(2)
    for (let i = 0; i < 40; i++) await look.run({ x }, { patch: { gate: g => g.mul(i) } })
    expect(count()).toBe(2 + 39)
  })

  it('sweeps over sites and values from one session', async () => {
    const { runtime, count } = counted()
    await using look = inspect({ ...definition, runtime })
    const negated = (h: Tensor) => h.neg()
    const runs = await look.sweep({ x }, { patch: { hidden: [0, negated], gate: [2] }, capture: { inner: 'gate' } })
    expect(count()).toBe(1)
    expect(runs.map(({ site, patch }) => [site, patch])).toEqual([
      ['hidden', 0],
      ['hidden', 1],
      ['gate', 0],
    ])
    const alone = await Promise.all([
      look.run({ x }, { patch: { hidden: 0 } }),
      look.run({ x }, { patch: { hidden: negated } }),
      look.run({ x }, { patch: { gate: 2 } }),
    ])
    for (const [i, { outputs }] of runs.entries()) {
      expect(numbers(outputs.y!)).toEqual(near(numbers(alone[i]!.y)))
      expect(numbers(outputs.total!)).toEqual(near(numbers(alone[i]!.total)))
    }
    const stopped = look.sweep({ x }, { patch: { gate: 1 }, signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('is an option of a program that is trained, whose state it shares', async () => {
    const state = new State({ model }, 1)
    await using program = compile({
      inputs: { x: float32(['batch', 3]) },
      state,
      threads: 1,
      trace: leaves => {
        const { outputs } = net(leaves)
        return { outputs, updates: [[weight, weight.mul(0.5)]] as const }
      },
    })
    const first = await program.run({ x }, { capture: { inner: 'hidden' } })
    expect(numbers(first.inner)).toEqual(near(hidden))
    const second = await program.run({ x }, { capture: { inner: 'hidden' }, patch: { gate: 1 } })
    expect(numbers(second.inner)).toEqual(near(hidden.map(value => value / 2)))
    expect(numbers(second.total)).toEqual([2, 2])
    expect(state.step).toBe(2)
  })

  it('says what it cannot find or use', async () => {
    await using look = inspect({
      ...definition,
      inputs: { x: float32(['batch', 3]), ids: int32(['batch']) },
      trace: leaves => {
        const { outputs } = net(leaves)
        const twice = leaves.x.named('twice').add(leaves.x.mul(2).named('twice'))
        return { outputs: { ...outputs, twice, first: leaves.ids } }
      },
    })
    const feeds = { x, ids: Int32Array.of(0, 1) }
    const of = (y: Record<string, Tensor>) => y.total!.sum()
    await expect(look.run(feeds, { capture: { a: 'hiden' } })).rejects.toMatchObject({
      code: 'engine/name',
      message: "the model has no intermediate 'hiden'",
    })
    await expect(look.gradient(feeds, { of, withRespectTo: 'toString' })).rejects.toMatchObject({
      code: 'engine/name',
      message: "the model has no intermediate 'toString'",
    })
    await expect(look.run(feeds, { patch: { nothing: 1 } })).rejects.toMatchObject({ code: 'engine/name' })
    await expect(look.run(feeds, { capture: { a: 'twice' } })).rejects.toMatchObject({
      message: "2 intermediates are named 'twice'",
    })
    await expect(look.gradient(feeds, { of, withRespectTo: 'ids' })).rejects.toMatchObject({
      code: 'engine/not-differentiable',
    })
    await expect(look.gradient(feeds, { of: y => y.total!, withRespectTo: 'x' })).rejects.toMatchObject({
      code: 'shape/mismatch',
    })
    await expect(look.run(feeds, { patch: { gate: g => g.cast('float64') } })).rejects.toMatchObject({
      message: "the patch of 'gate' is float64[batch, 2], the value there float32[batch, 2]",
    })
    expect(numbers((await look.run(feeds, { patch: { twice: 1 } })).twice)).toEqual(Array(6).fill(2))
  })

  it('is closed for good', async () => {
    const look = inspect(definition)
    await look.run({ x })
    await look.close()
    const closed = { code: 'engine/closed', message: 'the inspector is closed' }
    await expect(look.run({ x })).rejects.toMatchObject(closed)
    await expect(look.sweep({ x }, { patch: { gate: 1 } })).rejects.toMatchObject(closed)
    await look.close()
  })
})
