import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { plantedGraph, type Graph } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { parseOptions, type RunContext } from '../../../system/index.ts'
import { catgcn } from './index.ts'
import { answerer, learn } from './learner.ts'
import { CatGcn } from './model.ts'
import { parityOf } from './parity.ts'
import type { TrainedOptions } from './options.ts'
import { topPairs } from './pairs.ts'
import { partsOf } from './parts.ts'

const cases = (await goldenCases('catgcn'))!

describe("parity with the authors' code", () => {
  it('has every variant', () => expect(cases).toHaveLength(14))
  it.each(cases.map(golden => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { outputs, gradients } = await parityOf(golden)
    expect(outputs).toBeLessThan(1e-5)
    expect(gradients).toBeLessThan(1e-4)
  })
})

const context: RunContext = { seed: 1, threads: 1, progress: () => {} }
const graph = plantedGraph.make({ seed: 1, size: 'small' })
const chosen = (set: Record<string, unknown> = {}) => parseOptions(catgcn, set) as TrainedOptions

describe('training', () => {
  it('puts the weights of the best epoch back', async () => {
    const options = chosen({ embeddingDimension: 8, localHidden: [8], patience: 3, learningRate: 0.1 })
    const model = new CatGcn(graph.categories!.size, 4, options)
    const { state, history, bestEpoch, bestScore, metrics } = await learn(model, graph, graph.splits!, options, context)
    const least = Math.min(...history.map(({ score }) => score))
    expect(history.length).toBe(bestEpoch + 3)
    expect(bestScore).toBe(least)
    expect(metrics.valid.logLoss).toBeCloseTo(least, 6)
    expect(history.at(-1)!.score).toBeGreaterThan(least)
    const again = answerer(model, state, graph, 1)
    const probabilities = await again.probabilities()
    await again.close()
    const loss = graph.splits!.valid.reduce(
      (sum, node) =>
        sum - Math.log(probabilities[node * 4 + graph.labels!.values[node]!]!) / graph.splits!.valid.length,
      0,
    )
    expect(loss).toBeCloseTo(least, 5)
  })

  it('parts labelled nodes only, whole and apart', () => {
    const values = graph.labels!.values.map((value, node) => (node % 4 === 0 ? -1 : value))
    const parts = partsOf({ ...graph, splits: undefined, labels: { ...graph.labels!, values } }, 3)
    const all = [...parts.train, ...parts.valid, ...parts.test]
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBe(values.filter(value => value >= 0).length)
    expect(all.every(node => values[node]! >= 0)).toBe(true)
    expect(parts.test.length).toBe(30)
  })
})

it('the pair of a node is the one that moves its scores most, whatever class is called', async () => {
  const nodes: Graph = {
    nodes: 2,
    edges: { source: Int32Array.of(0), target: Int32Array.of(1), directed: false },
    categories: { ids: Int32Array.of(1, 2, 3, 1, 4, 0), slots: 3, size: 5 },
  }
  const model = new CatGcn(5, 3, chosen({ embeddingDimension: 2, localHidden: [], globalInteraction: 'none' }))
  const state = new State({ model }, 1)
  const vectors = [0, 0, 1, 1, 1, 2, 3, 0.5, -1, 1]
  state.write('model.embedding.weight', Float32Array.from(vectors))
  state.write('model.local.mlp.output.weight', Float32Array.of(1, 2, 1, 0, 1, -1))
  // Products (1, 2), (3, 0.5) and (3, 1) of the first node score (5, 1, -1), (4, 3, 2.5) and (5, 3, 2).
  const found = await topPairs(model, state, nodes, Int32Array.of(2, 1), 1)
  expect(found).toEqual([
    { first: 1, second: 2, effect: expect.closeTo(-1, 5) as number },
    { first: 1, second: 4, effect: expect.closeTo(-1, 5) as number },
  ])
})

describe('refuses', () => {
  const without = (value: number): Graph => {
    const train = graph.splits!.train.filter(node => graph.labels!.values[node] !== value)
    return { ...graph, splits: { ...graph.splits!, train } }
  }
  it.each<[string, Graph, Record<string, unknown>, string, RegExp]>([
    ['a class that training never shows', without(2), {}, 'data/unknown-value', /'class' 2/],
    ['directed edges', { ...graph, edges: { ...graph.edges, directed: true } }, {}, 'option/conflict', /directed/],
    ['nodes without categories', { ...graph, categories: undefined }, {}, 'data/role-missing', /categories/],
    [
      'a table of features without a column of categories',
      { ...graph, categories: { ids: new Int32Array(graph.nodes), slots: 1, size: 1, values: [''] } },
      {},
      'data/role-missing',
      /no categories to interact/,
    ],
    [
      'no interaction at all',
      graph,
      { globalInteraction: 'none', localInteraction: false },
      'option/conflict',
      /no interaction/,
    ],
    [
      'heads without widths',
      graph,
      { globalInteraction: 'attention', attentionHeads: [2, 2] },
      'option/conflict',
      /attentionWidths/,
    ],
  ])('%s', async (_, data, set, code, text) => {
    const failure = await catgcn.fit!(data, chosen(set), context).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })
})
