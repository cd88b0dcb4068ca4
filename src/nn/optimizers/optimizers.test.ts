import { describe, expect, it } from 'vitest'
import { compile, float32, int32, Parameter, State, type Tensor } from '../../engine/index.ts'
import {
  Adagrad,
  Adam,
  Embedding,
  Ftrl,
  Linear,
  Mode,
  Module,
  Sgd,
  swapAverages,
  type Optimizer,
  type ParameterGroup,
} from '../index.ts'

class Weights extends Module {
  readonly weight: Parameter
  constructor(values: readonly number[]) {
    super()
    this.weight = new Parameter([values.length], target => target.set(values))
  }
}

const start = [0.5, -1, 2, 0.25]
const gradients = [
  [0.1, -0.2, 0.3, 0],
  [-0.4, 0.2, 0.1, 0.5],
  [0.05, 0.05, -1, 0.2],
]

interface PathOptions extends Pick<ParameterGroup, 'l2' | 'average'> {
  clipNorm?: number
  rate?: number
  /** Looks at what a step left. */
  after?: (state: State, optimizer: Optimizer, weight: Parameter) => void
}

/** Weights after each step, the gradients being given: the loss is their dot product with the weights. */
async function path(
  make: (groups: readonly ParameterGroup[]) => Optimizer,
  { l2 = 0, clipNorm, rate = 0.1, average, after }: PathOptions = {},
): Promise<number[][]> {
  const model = new Weights(start)
  const optimizer = make([{ name: 'all', parameters: [model.weight], l2, average }])
  const state = new State({ model, optimizer }, 1)
  const program = compile({
    inputs: { g: float32([4]), rate: float32([]) },
    state,
    threads: 1,
    trace: ({ g, rate }) => {
      const loss = model.weight.mul(g).sum()
      return { outputs: { loss }, updates: optimizer.step(loss, { learningRate: rate, clipNorm }) }
    },
  })
  const result: number[][] = []
  for (const g of gradients) {
    await program.run({ g: Float32Array.from(g), rate })
    after?.(state, optimizer, model.weight)
    result.push([...[...state.entries()].find(([name]) => name === 'model.weight')![1].data])
  }
  await program.close()
  return result
}

function close(actual: number[][], expected: number[][], digits = 5): void {
  for (const [step, values] of expected.entries())
    for (const [i, value] of values.entries())
      expect(actual[step]![i], `step ${step + 1}, weight ${i}`).toBeCloseTo(value, digits)
}

describe('PyTorch 2.13, the same gradients and learning rate 0.1', () => {
  it.each<[string, (groups: readonly ParameterGroup[]) => Optimizer, number[][]]>([
    [
      'SGD',
      groups => new Sgd(groups),
      [
        [0.49, -0.98, 1.97, 0.25],
        [0.53, -1, 1.96, 0.2],
        [0.525, -1.005, 2.06, 0.18],
      ],
    ],
    [
      'SGD with momentum',
      groups => new Sgd(groups, 0.9),
      [
        [0.49, -0.98, 1.97, 0.25],
        [0.521, -0.982, 1.933, 0.2],
        [0.5439, -0.9888, 1.9997, 0.135],
      ],
    ],
    [
      'Adam',
      groups => new Adam(groups),
      [
        [0.4, -0.9, 1.9, 0.25],
        [0.4559503, -0.9052631, 1.8128936, 0.1755863],
        [0.4911908, -0.9203978, 1.8535231, 0.098447],
      ],
    ],
    [
      'AdamW',
      groups => new Adam(groups, { weightDecay: 0.5 }),
      [
        [0.375, -0.85, 1.8, 0.2375],
        [0.4122003, -0.8127631, 1.6228936, 0.1512113],
        [0.4268308, -0.7872596, 1.5823784, 0.0665114],
      ],
    ],
    [
      'Adagrad',
      groups => new Adagrad(groups),
      [
        [0.4, -0.9, 1.9, 0.25],
        [0.4970142, -0.9707106, 1.8683772, 0.15],
        [0.4849756, -0.9881184, 1.9637234, 0.1128609],
      ],
    ],
  ])('%s', async (_, make, expected) => close(await path(make), expected))

  it('Adam with an L2 penalty in the gradient', async () => {
    close(await path(groups => new Adam(groups), { l2: 0.3 }), [
      [0.4, -0.9, 1.9, 0.15],
      [0.4109058, -0.8233196, 1.8018119, 0.06715],
      [0.3917697, -0.7448667, 1.7558066, -0.0160489],
    ])
  })
})

describe('averages of weights', () => {
  /** By hand; in the first steps the share is that of (1 + t) / (10 + t). */
  it.each([
    [0.6, [0.1, 2 / 11, 0.25]],
    [0.2, [0.1, 2 / 11, 0.2]],
  ])('of share %d', async (average, shares) => {
    const averages: number[][] = []
    const after: PathOptions['after'] = (state, optimizer, weight) => {
      const now = [...state.read(weight).data]
      swapAverages(state, optimizer)
      averages.push([...state.read(weight).data])
      swapAverages(state, optimizer)
      expect([...state.read(weight).data]).toEqual(now)
    }
    const weights = await path(groups => new Adam(groups), { average, after })
    let expected = [0, 0, 0, 0]
    const byHand = weights.map((now, step) => {
      expected = expected.map((old, i) => shares[step]! * old + (1 - shares[step]!) * now[i]!)
      return expected
    })
    close(averages, byHand)
  })

  it('of a table that moves by rows there is none', () => {
    const table = new Parameter([8, 2], () => {}, { role: 'embedding' })
    const group = { name: 'all', parameters: [table], largeTable: 16, average: 0.9 }
    expect(() => new Adam([group])).toThrow("'all' has a table that moves by rows")
  })
})

describe('FTRL-Proximal', () => {
  /** Algorithm 1 of McMahan et al. 2013 in double precision, a coordinate at a time. */
  function reference({ beta = 1, l1 = 0, l2 = 0 }, alpha = 0.1): number[][] {
    const [w, z, n] = [[...start], [0, 0, 0, 0], [0, 0, 0, 0]]
    return gradients.map(g => {
      for (let i = 0; i < w.length; i++) {
        const sigma = (Math.sqrt(n[i]! + g[i]! ** 2) - Math.sqrt(n[i]!)) / alpha
        z[i]! += g[i]! - sigma * w[i]!
        n[i]! += g[i]! ** 2
        w[i] = Math.abs(z[i]!) <= l1 ? 0 : -(z[i]! - Math.sign(z[i]!) * l1) / ((beta + Math.sqrt(n[i]!)) / alpha + l2)
      }
      return [...w]
    })
  }
  it.each([{}, { l1: 0.25 }, { l1: 0.1, l2: 2, beta: 0.5 }])('algorithm 1 with %o', async options => {
    close(await path(groups => new Ftrl(groups, options)), reference(options))
  })
  it('gives exact zeros under L1', async () => {
    expect((await path(groups => new Ftrl(groups, { l1: 100 }))).at(-1)).toEqual(
      [0, 0, 0, 0].map(() => expect.closeTo(0, 12)),
    )
  })
})

describe('clipping', () => {
  it('scales all gradients together to the limit, and leaves smaller ones', async () => {
    const norm = Math.hypot(...gradients[0]!)
    const [clipped] = await path(groups => new Sgd(groups), { clipNorm: norm / 2, rate: 1 })
    close([clipped!], [start.map((value, i) => value - gradients[0]![i]! / 2)])
    const [kept] = await path(groups => new Sgd(groups), { clipNorm: norm * 2, rate: 1 })
    close([kept!], [start.map((value, i) => value - gradients[0]![i]!)])
  })
  it('takes the penalty into the norm, as the field does', async () => {
    const whole = start.map((value, i) => gradients[0]![i]! + 0.5 * value)
    const [clipped] = await path(groups => new Sgd(groups), { clipNorm: 1, l2: 0.5, rate: 1 })
    close([clipped!], [start.map((value, i) => value - whole[i]! / Math.max(1, Math.hypot(...whole)))])
  })
})

describe('penalties a group', () => {
  class Net extends Module {
    readonly embedding = new Embedding(3, 2)
    readonly output = new Linear(2, 1)
    forward(ids: Tensor, _mode: Mode) {
      return this.output.forward(this.embedding.forward(ids)).squeeze(-1)
    }
  }

  /** Rows of the table, before and after a step on a batch that holds only the given one; and the network's weights. */
  async function step(row: number, embeddingL2: number, networkL2 = 0) {
    const model = new Net()
    const optimizer = new Adam([
      { name: 'embedding', parameters: [model.embedding.weight], l2: embeddingL2 },
      { name: 'network', parameters: [model.output.weight, model.output.bias!], l2: networkL2 },
    ])
    const state = new State({ model, optimizer }, 3)
    const program = compile({
      inputs: { ids: int32(['batch']) },
      state,
      threads: 1,
      trace: ({ ids }) => {
        const loss = model.forward(ids, Mode.training()).mean()
        return { outputs: { loss }, updates: optimizer.step(loss, { learningRate: constantRate(loss) }) }
      },
    })
    const read = (name: string) => [...[...state.entries()].find(([key]) => key === name)![1].data]
    const before = read('model.embedding.weight')
    await program.run({ ids: Int32Array.from([row]) })
    const after = read('model.embedding.weight')
    await program.close()
    return [0, 1, 2].map(r => [0, 1].some(c => before[2 * r + c] !== after[2 * r + c]))
  }
  const constantRate = (like: Tensor) => like.mul(0).add(0.01)

  it('a whole-table penalty moves the rows that are not in the batch', async () => {
    expect(await step(0, 0.05)).toEqual([true, true, true])
  })
  it('without it only the rows of the batch move', async () => {
    expect(await step(0, 0)).toEqual([true, false, false])
    expect(await step(2, 0, 0.5)).toEqual([false, false, true])
  })
})
