import '../methods.ts'
import { expect, it } from 'vitest'
import { eager } from '../eager.ts'
import { grad } from '../gradient.ts'
import { constant, type Tensor } from '../tensor.ts'

const doubles = (...values: number[]) => constant(Float64Array.from(values), [values.length])
const read = async (x: Tensor) => Array.from((await eager(x)).data, Number)

it.each([
  ['where', (x: Tensor) => x.greater(0).where(x, 0)],
  ['clip', (x: Tensor) => x.clip(0, 9)],
  ['maximum', (x: Tensor) => x.maximum(0)],
  ['minimum', (x: Tensor) => x.neg().minimum(0).neg()],
] as const)('%s hands an infinite gradient to the side that was taken only', async (_, chosen) => {
  const x = doubles(-1, 4)
  const [left, taken] = await read(grad(chosen(x).sqrt().sum(), x))
  expect(left).toBeCloseTo(0, 15)
  expect(taken).toBe(0.25)
})

it('powers have their derivatives at 0', async () => {
  const x = doubles(0, 2)
  const derivatives = (y: Tensor): Tensor[] => {
    const first = grad(y.sum(), x)
    const second = grad(first.sum(), x)
    return [first, second, grad(grad(second.sum(), x).sum(), x)]
  }
  const values = async (y: Tensor) => Promise.all(derivatives(y).map(read))
  expect(await values(x.pow(3))).toEqual([
    [0, 12],
    [0, 12],
    [0, 0],
  ])
  expect(await read(grad(x.pow(0).sum(), x))).toEqual([0, 0])
  const [first, second] = derivatives(x.pow(doubles(1, 1)))
  expect(await read(first!)).toEqual([1, 1])
  expect(await read(second!)).toEqual([0, 0])
})

it('sums of float64 rows do not depend on the rows of other segments', async () => {
  const segments = constant([0, 1, 2], [3], 'int32')
  expect(await read(doubles(1e20, 1, 2).segmentSum(segments, 3))).toEqual([1e20, 1, 2])
  expect(await read(doubles(1, Infinity, 2).segmentSum(segments, 3))).toEqual([1, Infinity, 2])
})

it('constants of 0 keep their sign', async () => {
  expect(await read(doubles(1, 1).div(doubles(0, -0)))).toEqual([Infinity, -Infinity])
  expect(await read(constant(1).div(constant(0)).add(0).mul(1).unsqueeze(0))).toEqual([Infinity])
  const both = constant(1).div(0).unsqueeze(0).sub(constant(1).div(-0).unsqueeze(0))
  expect(await read(both)).toEqual([Infinity])
})

it('log1p goes up to infinity', async () => {
  const values = constant(Float32Array.of(1e-8, 1e38, Infinity), [3]).log1p()
  const [small, large, infinite] = await read(values)
  expect(small).toBeCloseTo(1e-8, 15)
  expect(large).toBeCloseTo(Math.log(1e38), 4)
  expect(infinite).toBe(Infinity)
})

it('integers take no fraction', () => {
  expect(() => constant([1, 2], [2], 'int32').mul(0.5)).toThrow('0.5 is no int32')
})

it('axes without elements can be reshaped', async () => {
  const empty = await eager(constant([], [0, 3]).reshape([3, 0]).unsqueeze(0).mul(2))
  expect(empty.dims).toEqual([1, 3, 0])
})
