import { expect, it } from 'vitest'
import { Parameter, State, type Initializer } from '../engine/index.ts'
import { Embedding, initializers, Module } from './index.ts'

class One extends Module {
  readonly weight: Parameter
  constructor(shape: number[], initialize: Initializer) {
    super()
    this.weight = new Parameter(shape, initialize)
  }
}

const valuesOf = (model: Module, seed = 1) => [...new State({ model }, seed).entries()][0]![1].data
const drawn = (shape: number[], initialize: Initializer, seed = 1): number[] => [
  ...valuesOf(new One(shape, initialize), seed),
]
const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
const reach = (values: number[]) => Math.max(...values.map(Math.abs))

it('normal laws have the deviation their paper gives', () => {
  const shape = [200, 300]
  expect(deviation(drawn(shape, initializers.normal(0.01)))).toBeCloseTo(0.01, 3)
  expect(deviation(drawn(shape, initializers.xavierNormal)) / Math.sqrt(2 / 500)).toBeCloseTo(1, 1)
  expect(deviation(drawn(shape, initializers.heNormal)) / Math.sqrt(2 / 300)).toBeCloseTo(1, 1)
})

it('uniform laws fill their range and no more', () => {
  for (const [initialize, bound] of [
    [initializers.uniform(0.5), 0.5],
    [initializers.xavierUniform, Math.sqrt(6 / 500)],
    [initializers.fanInUniform, 1 / Math.sqrt(300)],
  ] as const) {
    const values = drawn([200, 300], initialize)
    expect(reach(values)).toBeLessThanOrEqual(Math.fround(bound))
    expect(reach(values)).toBeGreaterThan(0.99 * bound)
    expect(deviation(values) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1)
  }
})

it('counts the positions of a kernel as inputs', () => {
  expect(reach(drawn([8, 4, 3, 3], initializers.fanInUniform))).toBeLessThanOrEqual(1 / 6)
  expect(reach(drawn([8, 4, 3, 3], initializers.fanInUniform))).toBeGreaterThan(0.95 / 6)
})

it('repeats with the seed, and the parameter decides the rest', () => {
  expect(drawn([5, 5], initializers.normal(1))).toEqual(drawn([5, 5], initializers.normal(1)))
  expect(drawn([5, 5], initializers.normal(1))).not.toEqual(drawn([5, 5], initializers.normal(1), 2))
})

it('leaves padding rows of an embedding at zero', () => {
  const data = valuesOf(new Embedding(3, 4, { paddingRows: [0] }))
  expect(reach([...data.slice(0, 4)])).toBe(0)
  expect(Math.min(...data.slice(4).map(Math.abs))).toBeGreaterThan(0)
})
