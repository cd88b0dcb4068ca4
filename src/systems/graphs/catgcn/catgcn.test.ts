import { describe, expect, it } from 'vitest'
import { goldenCases } from '../../../study/index.ts'
import { plantedGraph, type Graph } from '../../../data/index.ts'
import { parseOptions, type RunContext } from '../../../system/index.ts'
import { catgcn } from './index.ts'
import { answerer, learn } from './learner.ts'
import { CatGcn } from './model.ts'
import { parityOf } from './parity.ts'
import type { TrainedOptions } from './options.ts'
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
