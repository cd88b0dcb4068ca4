import { describe, expect, it } from 'vitest'
import {
  compile,
  constant,
  exportOnnx,
  float32,
  importOnnx,
  int32,
  State,
  type Tensor,
  type TensorType,
} from '../../engine/index.ts'
import {
  BatchNorm,
  Embedding,
  LayerNorm,
  Linear,
  Mode,
  multiHeadAttention,
  MultilayerPerceptron,
  type Module,
} from '../index.ts'

/** Values of a layer on feeds, and of the buffers it moves. Expected figures are PyTorch 2.13's unless said otherwise. */
async function answers(
  model: Module,
  inputs: Record<string, TensorType>,
  feeds: Record<string, Float32Array | Int32Array>,
  forward: (leaves: Record<string, Tensor>, mode: Mode) => Tensor,
  { mode = Mode.evaluation(), set = {} }: { mode?: Mode; set?: Record<string, number[]> } = {},
) {
  const state = new State({ model }, 1)
  for (const [name, values] of Object.entries(set)) state.write(`model.${name}`, Float32Array.from(values))
  const program = compile({
    inputs,
    state,
    threads: 1,
    trace: leaves => {
      const y = forward(leaves as Record<string, Tensor>, mode)
      return { outputs: { y }, updates: [...mode.updates] }
    },
  })
  const { y } = await program.run(feeds)
  const values = Object.fromEntries([...state.entries()].map(([name, tensor]) => [name, [...tensor.data]]))
  await program.close()
  return { y: [...(y!.data as Float32Array)], shape: y!.dims, values }
}

const close = (actual: number[], expected: number[], digits = 6) => {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, digits)
}

const x = Float32Array.from([0.2, -0.5, 1, 1.5, 0.3, -0.7, 0, 0.9, 0.4, -1.1, 0.6, 0.8])
const affine = { weight: [1, 2, 0.5], bias: [0.1, -0.1, 0.2] }
const rows = { x: float32(['batch', 3]) }

describe('Linear', () => {
  it('is x W^T + b with W [outputs, inputs]', async () => {
    const model = new Linear(3, 2)
    const set = { weight: [1, 2, 3, -1, 0, 0.5], bias: [10, 20] }
    const { y, shape } = await answers(model, rows, { x }, ({ x }) => model.forward(x!), { set })
    expect(shape).toEqual([4, 2])
    close(y.slice(0, 4), [0.2 - 1 + 3 + 10, -0.2 + 0.5 + 20, 1.5 + 0.6 - 2.1 + 10, -1.5 - 0.35 + 20], 5)
  })
  it('has no bias where none is wanted', () => {
    expect([...new Linear(3, 2, { bias: false }).parameters()].map(([name]) => name)).toEqual(['weight'])
  })
})

describe('Embedding', () => {
  it('looks rows up by id, whatever the shape of the ids', async () => {
    const model = new Embedding(3, 2)
    const set = { weight: [1, 2, 3, 4, 5, 6] }
    const inputs = { ids: int32(['batch', 2]) }
    const feeds = { ids: Int32Array.from([2, 0, 1, 2]) }
    const { y, shape } = await answers(model, inputs, feeds, ({ ids }) => model.forward(ids!), { set })
    expect(shape).toEqual([2, 2, 2])
    expect(y).toEqual([5, 6, 1, 2, 3, 4, 5, 6])
  })
  it('starts padding rows at zero', () => {
    const state = new State({ model: new Embedding(4, 2, { paddingRows: [0, 3] }) }, 1)
    const weight = [...state.entries()].find(([name]) => name === 'model.weight')![1].data
    expect([...weight].map(value => value === 0)).toEqual([true, true, false, false, false, false, true, true])
  })
})

describe('LayerNorm', () => {
  it('normalises the last axis', async () => {
    const model = new LayerNorm(3)
    const { y } = await answers(model, rows, { x }, ({ x }) => model.forward(x!), { set: affine })
    close(y.slice(0, 6), [0.0456079, -2.4932525, 0.8255092, 1.360116, -0.2482489, -0.3929958], 5)
    close(y.slice(6), [-1.0769212, 2.4349072, 0.1547338, -1.3077017, 1.0730847, 0.6105797], 5)
  })
})

describe('BatchNorm', () => {
  const forward =
    (model: BatchNorm) =>
    ({ x }: Record<string, Tensor>, mode: Mode) =>
      model.forward(x!, mode)
  const model = new BatchNorm(3)

  it('normalises by the batch while training and moves its running statistics', async () => {
    const mode = Mode.training()
    const { y, values } = await answers(model, rows, { x }, forward(model), { set: affine, mode })
    close(y.slice(0, 6), [0.1541527, -3.2643995, 0.6755169, 1.5621233, -0.1958908, -0.617889], 5)
    close(values['model.runningMean']!, [0.015, 0.0325, 0.0375])
    close(values['model.runningVariance']!, [1.0136666, 0.93625, 0.9575833])
  })
  it('normalises by the running statistics afterwards, and leaves them', async () => {
    const moved = { runningMean: [0.015, 0.0325, 0.0375], runningVariance: [1.0136666, 0.93625, 0.9575833] }
    const { y, values } = await answers(model, rows, { x }, forward(model), { set: { ...affine, ...moved } })
    close(y.slice(0, 6), [0.2837478, -1.2006553, 0.6917906, 1.5749481, 0.4529114, -0.1768265], 5)
    close(values['model.runningMean']!, moved.runningMean)
  })
  it('keeps its running statistics out of training', () => {
    const roles = Object.fromEntries([...model.parameters()].map(([name, { role }]) => [name, role]))
    expect([roles.runningMean, roles.runningVariance]).toEqual(['buffer', 'buffer'])
  })
})

describe('attention', () => {
  const q = Float32Array.from({ length: 12 }, (_, i) => i / 10)
  const k = Float32Array.from({ length: 8 }, (_, i) => Math.sin(i))
  const v = Float32Array.from({ length: 8 }, (_, i) => Math.cos(i))
  const inputs = { q: float32(['batch', 3, 4]), k: float32(['batch', 2, 4]), v: float32(['batch', 2, 4]) }
  const none = new Linear(1, 1)
  it('is scaled dot-product attention per head', async () => {
    const { y } = await answers(none, inputs, { q, k, v }, ({ q, k, v }) =>
      multiHeadAttention(q!, k!, v!, { heads: 2 }).add(none.weight.mul(0).sum()),
    )
    close(y.slice(0, 6), [0.2257374, 0.4201393, 0.2518278, -0.1436197, 0.5050501, 0.4634877], 5)
    close(y.slice(6), [0.1867802, -0.226039663, 0.7161282, 0.4962464, 0.1232436, -0.3065453], 5)
  })
  it('lets its weights be replaced, and takes a bias that masks', async () => {
    const all = { heads: 2, scale: 1 }
    const uniform = await answers(none, inputs, { q, k, v }, ({ q, k, v }) =>
      multiHeadAttention(q!, k!, v!, { ...all, onWeights: weights => weights.mul(0).add(0.5) }).add(
        none.weight.mul(0).sum(),
      ),
    )
    close(uniform.y.slice(0, 2), [(v[0]! + v[4]!) / 2, (v[1]! + v[5]!) / 2], 5)
    const masked = await answers(none, inputs, { q, k, v }, ({ q, k, v }) =>
      multiHeadAttention(q!, k!, v!, { ...all, bias: constant([0, -1e9]) }).add(none.weight.mul(0).sum()),
    )
    close(masked.y.slice(0, 4), [...v.slice(0, 4)], 5)
  })
  it('gives the same with tokens as first axis, and in the standard operators of an exported file', async () => {
    const turned = ({ q, k, v }: Record<string, Tensor>) => {
      const [a, b, c] = [q!, k!, v!].map(x => x.transpose([1, 0, 2])) as [Tensor, Tensor, Tensor]
      return multiHeadAttention(a, b, c, { heads: 2, bias: constant([0, -1]), tokensFirst: true }).transpose([1, 0, 2])
    }
    const options = { heads: 2, bias: constant([0, -1]) }
    const batchFirst = await answers(none, inputs, { q, k, v }, ({ q, k, v }) =>
      multiHeadAttention(q!, k!, v!, options).add(none.weight.mul(0).sum()),
    )
    const tokensFirst = await answers(none, inputs, { q, k, v }, leaves => turned(leaves).add(none.weight.mul(0).sum()))
    close(tokensFirst.y, batchFirst.y)
    const state = new State({}, 1)
    const file = exportOnnx({ name: 'attention', inputs, state, trace: leaves => ({ y: turned(leaves) }) })
    const model = await importOnnx(file)
    const { y } = await model.run({ q, k, v })
    await model.close()
    close([...(y!.data as Float32Array)], batchFirst.y)
  })
})

describe('MultilayerPerceptron', () => {
  it('names its parameters by path and ends linear', () => {
    const model = new MultilayerPerceptron(3, [4, 2], { batchNorm: true, outputs: 1 })
    expect([...model.parameters()].map(([name, { shape }]) => `${name} ${shape.join('x')}`)).toEqual([
      ...['layers.0.linear.weight 4x3', 'layers.0.linear.bias 4'],
      ...['layers.0.norm.weight 4', 'layers.0.norm.bias 4', 'layers.0.norm.runningMean 4'],
      'layers.0.norm.runningVariance 4',
      ...['layers.1.linear.weight 2x4', 'layers.1.linear.bias 2'],
      ...['layers.1.norm.weight 2', 'layers.1.norm.bias 2', 'layers.1.norm.runningMean 2'],
      'layers.1.norm.runningVariance 2',
      ...['output.weight 1x2', 'output.bias 1'],
    ])
    expect(model.width).toBe(1)
  })
  it('is linear, activation, linear', async () => {
    const model = new MultilayerPerceptron(3, [2], { outputs: 1 })
    const set = {
      'layers.0.linear.weight': [1, 0, 0, 0, -1, 0],
      'layers.0.linear.bias': [0, 0],
      'output.weight': [10, 100],
      'output.bias': [1],
    }
    const { y } = await answers(model, rows, { x }, ({ x }, mode) => model.forward(x!, mode), { set })
    close(y, [2 + 50 + 1, 15 + 1, 1, 1], 4)
  })
  it('drops hidden units while training only, and keeps their mean', async () => {
    const model = new MultilayerPerceptron(3, [2000], { dropout: 0.25 })
    const set = { 'layers.0.linear.weight': Array(6000).fill(0), 'layers.0.linear.bias': Array(2000).fill(1) }
    const trained = await answers(model, rows, { x }, ({ x }, mode) => model.forward(x!, mode), {
      set,
      mode: Mode.training(),
    })
    const zeros = trained.y.filter(value => value === 0).length / trained.y.length
    expect(zeros).toBeGreaterThan(0.22)
    expect(zeros).toBeLessThan(0.28)
    for (const value of new Set(trained.y)) if (value !== 0) expect(value).toBeCloseTo(4 / 3, 5)
    const still = await answers(model, rows, { x }, ({ x }, mode) => model.forward(x!, mode), { set })
    expect(new Set(still.y)).toEqual(new Set([1]))
  })
})
