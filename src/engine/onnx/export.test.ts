import { expect, it } from 'vitest'
import { compile, float32, grad } from '../index.ts'
import { input } from '../tensor.ts'
import { exportGraph } from './export.ts'

const x = input('x', float32(['batch', 4, 3]))
const graphOf = (y: ReturnType<typeof input>, spell?: (extent: number | string) => number | string) =>
  exportGraph({
    name: 'test',
    outputs: { y },
    leaf: (tensor, writer) => writer.input('x', tensor.dtype, tensor.shape),
    ...(spell && { spell }),
  })

it('writes a reshape of reshapes as one, from what the first of them read', () => {
  const doubled = x.mul(2)
  const y = doubled.reshape(['batch', 12]).reshape([-1, 3]).stopGradient().reshape([-1, 2]).exp()
  const { nodes } = graphOf(y)
  expect(nodes.map(({ op }) => op)).toEqual(['Mul', 'Reshape', 'Exp'])
  expect(nodes[1]!.inputs[0]).toBe(nodes[0]!.outputs[0])
})

it('gives what each reshape alone would, and its gradient', async () => {
  await using program = compile({
    inputs: { x: float32(['batch', 4]) },
    trace: ({ x }) => {
      const between = x.mul(3).reshape([-1, 2])
      const y = between.reshape([-1, 4]).mul(x).sum()
      return { outputs: { between, y, d: grad(y, between) } }
    },
  })
  const { between, y, d } = await program.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) })
  expect([...between.data]).toEqual([3, 6, 9, 12, 15, 18, 21, 24])
  expect(between.dims).toEqual([4, 2])
  expect(y.data[0]).toBe(3 * 204)
  expect([...d.data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

it('tells the shapes of values where asked, symbols kept through reshapes', () => {
  const y = x.reshape([-1, 3]).exp()
  expect(graphOf(y.sqrt(), extent => extent).values).toEqual([
    { name: 'Reshape_1', dtype: 'float32', shape: ['4*batch', 3] },
    { name: 'Exp_3', dtype: 'float32', shape: ['4*batch', 3] },
  ])
  expect(graphOf(y).values).toEqual([])
})

it('tells them in every program', () => {
  const { model } = compile({
    inputs: { x: float32(['batch', 4]) },
    trace: ({ x }) => ({ outputs: { total: x.reshape([-1, 2]).exp().sum() } }),
  })
  expect(Buffer.from(model).includes('2*batch')).toBe(true)
})
