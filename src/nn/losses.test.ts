import { expect, it } from 'vitest'
import { compile, float32, State, type Tensor } from '../engine/index.ts'
import { binaryCrossEntropy, Linear, meanSquaredError, softmaxCrossEntropy } from './index.ts'

/** A loss on given numbers; expected figures are PyTorch 2.13's. */
async function value(loss: (inputs: Record<string, Tensor>) => Tensor, given: Record<string, number[][] | number[]>) {
  const width = (values: number[][] | number[]) => (Array.isArray(values[0]) ? ['batch', values[0].length] : ['batch'])
  const program = compile({
    inputs: Object.fromEntries(Object.entries(given).map(([name, values]) => [name, float32(width(values))])),
    state: new State({ model: new Linear(1, 1) }, 1),
    threads: 1,
    trace: inputs => ({ outputs: { loss: loss(inputs as Record<string, Tensor>) } }),
  })
  const feeds = Object.entries(given).map(([name, values]) => [name, Float32Array.from(values.flat())])
  const { loss: result } = await program.run(Object.fromEntries(feeds))
  await program.close()
  return Number(result!.data[0])
}

it('binary cross entropy holds for logits far out', async () => {
  const loss = ({ z, y }: Record<string, Tensor>) => binaryCrossEntropy(z!, y!)
  expect(await value(loss, { z: [0.3, -2, 50, -80], y: [1, 0, 1, 1] })).toBeCloseTo(20.1703205, 5)
})

it('binary cross entropy weighs rows by their weights over the sum of weights', async () => {
  const loss = ({ z, y, w }: Record<string, Tensor>) => binaryCrossEntropy(z!, y!, w)
  const [a, b] = [Math.log1p(Math.exp(-0.3)), Math.log1p(Math.exp(-2))]
  expect(await value(loss, { z: [0.3, -2], y: [1, 0], w: [1, 3] })).toBeCloseTo((a + 3 * b) / 4, 6)
})

it('softmax cross entropy, plain and with class weights', async () => {
  const given = {
    z: [
      [0.5, -1, 2],
      [0, 0.1, -3],
    ],
    y: [2, 0],
  }
  expect(await value(({ z, y }) => softmaxCrossEntropy(z!, y!), given)).toBeCloseTo(0.5045413, 6)
  const weighted = ({ z, y, w }: Record<string, Tensor>) => softmaxCrossEntropy(z!, y!, w)
  expect(await value(weighted, { ...given, w: [4, 1] })).toBeCloseTo(0.3466033, 6)
})

it('mean squared error', async () => {
  expect(await value(({ z, y }) => meanSquaredError(z!, y!), { z: [1, 2, 4], y: [0, 2, 1] })).toBeCloseTo(10 / 3, 6)
})
