import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compile, decodeSafetensors, float32, State, vjp, type Parameter, type Tensor } from '../../engine/index.ts'
import { Gru, Lstm } from './recurrent.ts'

const { tensors } = decodeSafetensors(
  readFileSync(new URL('../../../fixtures/layers/recurrent.safetensors', import.meta.url)),
)
const theirNames = {
  inputWeight: 'weight_ih_l0',
  stateWeight: 'weight_hh_l0',
  inputBias: 'bias_ih_l0',
  stateBias: 'bias_hh_l0',
}

function expectClose(got: ArrayLike<number>, name: string): void {
  const expected = tensors[name]!.data as Float64Array
  const scale = Math.max(...expected.map(Math.abs))
  const error = Math.max(...Array.from(expected, (value, i) => Math.abs(value - got[i]!)))
  expect(error / scale, name).toBeLessThan(2e-6)
}

it.each([
  ['lstm', new Lstm(3, 4)],
  ['gru', new Gru(3, 4)],
] as const)('%s gives the values and gradients of PyTorch', async (name, layer) => {
  const state = new State({ layer }, 1)
  const parameters = Object.entries(theirNames) as [keyof typeof theirNames, string][]
  for (const [own, theirs] of parameters)
    state.write(`layer.${own}`, tensors[`${name}/${theirs}`]!.data as Float32Array)
  const program = compile({
    inputs: { sequence: float32(['batch', 'length', 3]), d: float32(['batch', 'length', 4]) },
    state,
    trace: ({ sequence: x, d }) => {
      const { outputs } = layer.forward(x)
      const weights = parameters.map(([own]): Parameter => layer[own])
      const [toX, ...rest] = vjp([outputs], [x, ...weights], [d]) as [Tensor, ...Tensor[]]
      return {
        outputs: { y: outputs, x: toX, ...Object.fromEntries(rest.map((g, i) => [parameters[i]![1], g])) },
      }
    },
  })
  const { y, ...gradients } = await program.run({ sequence: tensors[`${name}/x`]!, d: tensors[`${name}/cotangent`]! })
  await program.close()
  expectClose(y.data as Float32Array, `${name}/y`)
  for (const [key, gradient] of Object.entries(gradients))
    expectClose(gradient.data as Float32Array, `${name}/gradient/${key}`)
})

it('runs backwards as forwards on the reversed sequence', async () => {
  const [forwards, backwards] = [new Gru(2, 3), new Gru(2, 3, { reverse: true })]
  const state = new State({ forwards, backwards }, 4)
  for (const own of Object.keys(theirNames)) state.write(`backwards.${own}`, state.read(`forwards.${own}`).data)
  const program = compile({
    inputs: { x: float32([1, 6, 2]) },
    state,
    trace: ({ x }) => {
      const a = forwards.forward(x.flip(1))
      const b = backwards.forward(x)
      return { outputs: { a: a.outputs.flip(1), b: b.outputs, lastA: a.h, lastB: b.h } }
    },
  })
  const { a, b, lastA, lastB } = await program.run({ x: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i * i)) })
  await program.close()
  expect(b.data).toEqual(a.data)
  expect(lastB.data).toEqual(lastA.data)
})
