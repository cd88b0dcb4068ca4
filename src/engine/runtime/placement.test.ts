import { expect, it } from 'vitest'
import type { HostTensor } from '../dtype.ts'
import { onProcessor, placementOf } from './placement.ts'
import { node, testModel } from './testing.ts'

const model = testModel({
  nodes: [node('MatMul', ['a', 'b'], ['c']), node('Relu', ['c'], ['d']), node('MatMul', ['d', 'b'], ['e'])],
  initializers: [],
  inputs: ['a', 'b'].map(name => ({ name, dtype: 'float32', shape: [2, 2] }) as const),
  outputs: [{ name: 'e', dtype: 'float32', shape: [2, 2] }],
})
const matrix: HostTensor = { dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }

it('lists the operators that run on the processor', async () => {
  const placement = await placementOf(model, { a: matrix, b: matrix }, { optimization: 'disabled' })
  expect(placement).toEqual({ cpu: { MatMul: 2, Relu: 1 } })
  expect(onProcessor(placement)).toBe('3 of 3 operators run on the processor: MatMul (2), Relu (1)')
})

it('says nothing where none does', () => {
  expect(onProcessor({ cuda: { MatMul: 2 } })).toBeUndefined()
})

it('refuses a device that is not here', async () => {
  const asked = placementOf(model, { a: matrix, b: matrix }, { device: 'cuda' })
  await expect(asked).rejects.toMatchObject({ code: 'engine/device', try: '--device cpu' })
})
