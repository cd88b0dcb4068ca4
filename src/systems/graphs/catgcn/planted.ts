import { normalizedAdjacency, plantedGraph, type PlantedGraph } from '../../../data/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { GraphConvolution, SimpleGraphConvolution } from './baselines.ts'
import { answerer, learn } from './learner.ts'
import { CatGcn, type GraphModel } from './model.ts'
import { options as schema, type TrainedOptions } from './options.ts'
import { topPairs } from './pairs.ts'

const settings = schema.parse({})

const catgcn =
  (options: Partial<TrainedOptions>) =>
  (size: number): GraphModel =>
    new CatGcn(size, 4, { ...settings, ...options })

/** Every model that is compared, for a graph of so many categories. */
export const contenders = {
  'means, SGC': (size: number) => new SimpleGraphConvolution(size, 4, settings.embeddingDimension, 2),
  'means, GCN': (size: number) => new GraphConvolution(size, 4, settings.embeddingDimension, settings.dropout),
  'local, no graph': catgcn({ globalInteraction: 'none', rounds: 0 }),
  'CatGCN, local': catgcn({ globalInteraction: 'none' }),
  'CatGCN, global': catgcn({ localInteraction: false }),
  CatGCN: catgcn({}),
} as const

export type Contender = keyof typeof contenders

/** Shares of the confidently called nodes. */
interface PairShares {
  /** Whose strongest pair is the planted one. */
  planted: number
  /** Whose strongest pair speaks against the call. */
  overruled: number
}

export interface Trial {
  accuracy: number
  f1: number
  /** Undefined where there are no pairs to tell. */
  pairs?: PairShares
}

/** Test accuracy of a model on a graph, and what its confident calls rest on. */
export async function trial(contender: Contender, graph: PlantedGraph, context: RunContext): Promise<Trial> {
  const model = contenders[contender](graph.categories!.size)
  const { state, metrics } = await learn(model, graph, graph.splits!, settings, context)
  const pairs =
    model instanceof CatGcn && model.local && model.options.rounds > 0
      ? await pairShares(model, state, graph, context)
      : undefined
  return { accuracy: metrics.test.accuracy!, f1: metrics.test.f1!, pairs }
}

/** A call of at least this probability is confident. */
const confident = 0.7

async function pairShares(
  model: CatGcn,
  state: Awaited<ReturnType<typeof learn>>['state'],
  graph: PlantedGraph,
  { threads }: RunContext,
): Promise<PairShares> {
  const bound = answerer(model, state, graph, threads)
  const probabilities = await bound.probabilities()
  await bound.close()
  const called = callMulticlass(probabilities, 4)
  const pairs = await topPairs(model, state, graph, called, threads)
  const words = graph.categories!.values!
  const sure = Array.from(called.keys()).filter(node => probabilities[node * 4 + called[node]!]! >= confident)
  const right = sure.filter(node => {
    const columns = [pairs[node]!.first, pairs[node]!.second].map(id => words[id]!.split('=')[0])
    return graph.pair.every(column => columns.includes(column))
  })
  const against = sure.filter(node => pairs[node]!.effect < 0)
  return { planted: right.length / sure.length, overruled: against.length / sure.length }
}

/** The same nodes with every edge drawn anew. */
export function newEdges(graph: PlantedGraph, seed: number): PlantedGraph {
  const random = new Random(seed, 'planted.edges')
  const anew = (ends: Int32Array) => ends.map(() => random.integer(graph.nodes))
  const { source, target } = graph.edges
  return { ...graph, edges: { source: anew(source), target: anew(target), directed: false } }
}

/** The same graph with the first of the two interacting columns shuffled among the nodes. */
export function shuffledColumn(graph: PlantedGraph, seed: number): PlantedGraph {
  const { slots, ids, ...rest } = graph.categories!
  const order = new Random(seed, 'planted.column').permutation(graph.nodes)
  const moved = ids.map((id, i) => (i % slots === 0 ? ids[order[i / slots]! * slots]! : id))
  return { ...graph, categories: { ...rest, slots, ids: moved } }
}

/**
 * Test accuracy of the training labels alone, spread over neighbours for as many rounds as CatGCN smooths: what is known of
 * a node without looking at its categories.
 */
export function labelPropagation(graph: PlantedGraph): number {
  const { source, target, weight } = normalizedAdjacency(graph)
  const labels = graph.labels!.values
  let spread = new Float64Array(graph.nodes * 4)
  for (const node of graph.splits!.train) spread[node * 4 + labels[node]!] = 1
  for (let round = 0; round < settings.rounds; round++) {
    const next = new Float64Array(spread.length)
    weight.forEach((value, entry) => {
      for (let k = 0; k < 4; k++) next[target[entry]! * 4 + k]! += value * spread[source[entry]! * 4 + k]!
    })
    spread = next
  }
  const called = callMulticlass(spread, 4)
  const { test } = graph.splits!
  return test.filter(node => called[node] === labels[node]).length / test.length
}

export const plantedOf = (seed: number): PlantedGraph => plantedGraph.make({ seed })
