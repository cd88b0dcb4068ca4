import { expect, it } from 'vitest'
import { exportOnnx, float32, Parameter, State, type Tensor } from '../index.ts'
import { runtime } from '../runtime/node.ts'
import { decodeModel } from './codec.ts'

const owner = (...named: [path: string, value: number][]) => {
  const parameters = named.map(([path, value]) => [path, new Parameter([1], each => each.fill(value))] as const)
  return { parameters: () => parameters, all: parameters.map(([, parameter]) => parameter) }
}

async function exported(roots: Record<string, ReturnType<typeof owner>>, trace: (x: Tensor) => Record<string, Tensor>) {
  const inputs = { x: float32(['n']) }
  const state = new State(roots, 1)
  const bytes = exportOnnx({ name: 'test', inputs, state, trace: leaves => trace(leaves.x) })
  const names = decodeModel(bytes).graph.initializers.map(({ name }) => name)
  await using session = await runtime.createSession(bytes, { threads: 1 })
  const x = { dtype: 'float32' as const, dims: [1], data: Float32Array.of(1) }
  const { y } = await session.run({ x }, { y: null })
  return { names, y: y!.data[0] }
}

it('keeps the root of a parameter whose path another root has, and only of such', async () => {
  const [net, head] = [owner(['w', 2], ['bias', 5]), owner(['w', 3])]
  const both = await exported({ net, head }, x => ({ y: x.mul(net.all[0]!).add(net.all[1]!).mul(head.all[0]!) }))
  expect(both).toEqual({ names: ['net.w', 'bias', 'head.w'], y: 21 })
  const one = await exported({ net, head }, x => ({ y: x.mul(head.all[0]!) }))
  expect(one).toEqual({ names: ['w'], y: 3 })
})

it('keeps it too where the shorter name is another whole one, or an output', async () => {
  const [a, b, w] = [owner(['w.scale', 2]), owner(['scale', 3]), owner(['scale', 5])]
  const { names, y } = await exported({ a, b, w }, x => ({ y: x.mul(a.all[0]!).mul(b.all[0]!).mul(w.all[0]!) }))
  expect(names).toEqual(['a.w.scale', 'b.scale', 'w.scale'])
  expect(y).toBe(30)
  expect((await exported({ net: owner(['y', 4]) }, x => ({ y: x.neg() }))).y).toBe(-1)
  const named = owner(['y', 4])
  expect(await exported({ named }, x => ({ y: x.mul(named.all[0]!) }))).toEqual({ names: ['named.y'], y: 4 })
})
