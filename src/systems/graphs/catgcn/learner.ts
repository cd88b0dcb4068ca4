import { normalizedAdjacency, type Graph } from '../../../data/index.ts'
import { compile, float32, int32, State, type Feed, type Tensor, type TensorType } from '../../../engine/index.ts'
import { evaluate } from '../../../metrics/index.ts'
import { Adam, Mode, softmaxCrossEntropy, trainable } from '../../../nn/index.ts'
import type { RunContext } from '../../../system/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { balancedWeights, trainEpochs, type EpochsResult } from '../../../train/index.ts'
import type { GraphBatch, GraphModel } from './model.ts'
import type { Parts } from './parts.ts'
import type { TrainedOptions } from './options.ts'

/** What a program that reads a whole graph is fed. */
export const graphInputs = ({ nodes, categories }: Graph) =>
  ({
    ids: int32([nodes, categories!.slots]),
    source: int32(['entries']),
    target: int32(['entries']),
    weight: float32(['entries']),
  }) satisfies Record<string, TensorType>

export const graphBatch = (
  leaves: Record<'ids' | 'source' | 'target' | 'weight', Tensor>,
  nodes: number,
): GraphBatch => ({
  ids: leaves.ids,
  adjacency: { source: leaves.source, target: leaves.target, weight: leaves.weight, rows: nodes },
})

export const graphFeeds = (graph: Graph): Record<'ids' | 'source' | 'target' | 'weight', Feed> => ({
  ids: graph.categories!.ids,
  ...normalizedAdjacency(graph),
})

/** Scores or probabilities of the classes for every node of one graph: float [nodes, classes]. */
export interface GraphAnswerer {
  probabilities(): Promise<Float32Array>
  close(): Promise<void>
}

/** A model bound to a graph, in evaluation. */
export function answerer(model: GraphModel, state: State, graph: Graph, threads: number): GraphAnswerer {
  const feeds = graphFeeds(graph)
  const program = compile({
    inputs: graphInputs(graph),
    state,
    threads,
    trace: leaves => ({
      outputs: { probabilities: model.forward(graphBatch(leaves, graph.nodes), Mode.evaluation()).softmax(-1) },
    }),
  })
  return {
    probabilities: async () => Float32Array.from((await program.run(feeds)).probabilities.data as Float32Array),
    close: () => program.close(),
  }
}

export interface Learned extends EpochsResult {
  state: State
  /** Scores on nodes that were not learned from, by split. */
  metrics: { valid: Record<string, number>; test: Record<string, number> }
}

/** Learns the training nodes of a graph, all at once, and watches the validation nodes. */
export async function learn(
  model: GraphModel,
  graph: Graph,
  parts: Parts,
  options: Pick<TrainedOptions, 'learningRate' | 'weightDecay' | 'epochs' | 'patience' | 'balanced'>,
  context: RunContext,
): Promise<Learned> {
  const { seed, threads, signal } = context
  const { nodes } = graph
  const labels = graph.labels!
  const optimizer = new Adam([{ name: 'all', parameters: trainable(model), l2: options.weightDecay }])
  const state = new State({ model, optimizer }, seed)
  const training = compile({
    inputs: { ...graphInputs(graph), labels: int32([nodes]), importance: float32([nodes]), rate: float32([]) },
    state,
    threads,
    trace: leaves => {
      const mode = Mode.training()
      const scores = model.forward(graphBatch(leaves, nodes), mode)
      const loss = softmaxCrossEntropy(scores, leaves.labels, leaves.importance)
      const updates = optimizer.step(loss, { learningRate: leaves.rate })
      return { outputs: { loss }, updates: [...updates, ...mode.updates] }
    },
  })
  const evaluation = answerer(model, state, graph, threads)
  const { classes, values } = labels
  const taught = Array.from(parts.train, node => values[node]!)
  const weights = options.balanced
    ? balancedWeights({ name: labels.name, kind: 'multiclass', classes: [...classes] }, taught)!
    : classes.map(() => 1)
  const importance = new Float32Array(nodes)
  for (const node of parts.train) importance[node] = weights[values[node]!]!
  const feeds = { ...graphFeeds(graph), labels: values.map(value => Math.max(value, 0)), importance }
  const scored = (probabilities: Float32Array, part: Int32Array, names: string[]) =>
    evaluate(answersFor(probabilities, values, part, classes.length), names)
  try {
    const { learningRate, epochs, patience } = options
    const result = await trainEpochs({
      state,
      epochs,
      patience,
      better: 'lower',
      score: 'valid',
      context,
      epoch: async () => {
        signal?.throwIfAborted()
        const loss = Number((await training.run({ ...feeds, rate: learningRate })).loss.data[0])
        if (Number.isFinite(loss)) return loss
        throw new InterplayError('train/not-finite', `loss became ${loss} at step ${state.step}`, {
          try: `--set learningRate=${learningRate / 10}`,
        })
      },
      validate: async () => scored(await evaluation.probabilities(), parts.valid, ['logLoss']).logLoss!,
    })
    const last = await evaluation.probabilities()
    const names = ['accuracy', 'f1', 'logLoss']
    return {
      ...result,
      state,
      metrics: { valid: scored(last, parts.valid, names), test: scored(last, parts.test, names) },
    }
  } finally {
    await Promise.all([training.close(), evaluation.close()])
  }
}

function answersFor(probabilities: Float32Array, values: Int32Array, part: Int32Array, classes: number) {
  const predictions = new Float32Array(part.length * classes)
  part.forEach((node, i) => predictions.set(probabilities.subarray(node * classes, (node + 1) * classes), i * classes))
  return { kind: 'multiclass' as const, targets: part.map(node => values[node]!), predictions }
}
