import { expect, it } from 'vitest'
import type { HostTensor } from '../dtype.ts'
import { operatorTimes, timeShares } from './operator-times.ts'
import { node, testModel } from './testing.ts'

it('finds the operator that takes the time', async () => {
  const side = 256
  const shape = [side, side]
  const model = testModel({
    nodes: [node('Tanh', ['a'], ['b']), node('MatMul', ['b', 'a'], ['c']), node('MatMul', ['c', 'a'], ['d'])],
    initializers: [],
    inputs: [{ name: 'a', dtype: 'float32', shape }],
    outputs: [{ name: 'd', dtype: 'float32', shape }],
  })
  const a: HostTensor = { dtype: 'float32', dims: shape, data: new Float32Array(side ** 2).fill(0.01) }
  const times = await operatorTimes(model, { a }, { optimization: 'disabled', threads: 1 })
  expect(times.map(({ operator, count }) => [operator, count])).toEqual([
    ['MatMul', 2],
    ['Tanh', 1],
  ])
  // two products of 34 million operations: between a thousandth of a second at 67 GFLOP/s and one second
  expect(times[0]!.seconds).toBeGreaterThan(2e-5)
  expect(times[0]!.seconds).toBeLessThan(1)
})

it('calls the costliest by name', () => {
  const of = (operator: string, seconds: number) => ({ operator, count: 1, seconds })
  const times = [of('Gemm', 0.5), of('Conv', 0.2), of('Add', 0.1), of('Mul', 0.1), of('Sub', 0.04), of('Neg', 0.06)]
  expect(timeShares(times)).toBe('Gemm 50%, Conv 20%, Add 10%, Mul 10%, Sub 4%, 1 other 6%')
  expect(timeShares([of('Gemm', 1)])).toBe('Gemm 100%')
})
