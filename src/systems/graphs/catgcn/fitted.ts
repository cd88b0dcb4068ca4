import type { Graph } from '../../../data/index.ts'
import { State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { countParameters } from '../../../nn/index.ts'
import type { Answer, Fitted, RunContext, Saved } from '../../../system/index.ts'
import { answerer, learn } from './learner.ts'
import { CatGcn } from './model.ts'
import { checkOptions, type TrainedOptions } from './options.ts'
import { topPairs } from './pairs.ts'
import { partsOf } from './parts.ts'

/** What the tensors of a saved CatGCN do not tell. `data` is what new nodes are read by. */
interface Kept {
  options: TrainedOptions
  data: { target: string; classes: readonly string[]; size: number; values?: readonly string[] }
}

/** @throws InterplayError `data/role-missing`, `option/conflict`, and what the parts and the training throw */
export async function fit(graph: Graph, options: TrainedOptions, context: RunContext): Promise<Fitted<Graph>> {
  checkOptions(options)
  checkDirection(graph, options)
  const { size, values } = categoriesOf(graph)
  const { name, classes } = graph.labels!
  const parts = partsOf(graph, context.seed)
  const model = new CatGcn(size, classes.length, options)
  const { state, metrics, history, bestEpoch } = await learn(model, graph, parts, options, context)
  const kept = { options, data: { target: name, classes, size, ...(values ? { values } : {}) } }
  return {
    ...fitted(model, state, kept),
    metrics,
    notes: [
      `best after ${bestEpoch} of ${history.length} epochs; ${parts.train.length} nodes taught`,
      'transductive: the edges of valid and test nodes were seen, their labels were not',
    ],
  }
}

export async function load({ description, tensors }: Saved): Promise<Fitted<Graph>> {
  const kept = description as unknown as Kept
  const model = new CatGcn(kept.data.size, kept.data.classes.length, kept.options)
  const state = new State({ model }, 1)
  state.load(tensors!)
  return fitted(model, state, kept)
}

const fitted = (model: CatGcn, state: State, kept: Kept): Fitted<Graph> => ({
  parameters: countParameters(model),
  predict: (graph, context) => predict(model, state, kept, graph, context),
  save: () => ({
    description: { ...kept },
    tensors: Object.fromEntries([...state.entries()].filter(([name]) => name.startsWith('model.'))),
  }),
})

async function predict(model: CatGcn, state: State, kept: Kept, graph: Graph, context: RunContext): Promise<Answer> {
  checkDirection(graph, kept.options)
  const { size, values = kept.data.values } = categoriesOf(graph)
  if (size > kept.data.size) {
    throw new InterplayError('data/unknown-value', `the nodes have ${size} categories, ${kept.data.size} were learned`)
  }
  const { classes } = kept.data
  const bound = answerer(model, state, graph, context.threads)
  try {
    const probabilities = await bound.probabilities()
    const called = callMulticlass(probabilities, classes.length)
    const pairs = await topPairs(model, state, graph, called, context.threads)
    const word = (id: number) => values?.[id] ?? String(id)
    return {
      records: Array.from(called, (label, node) => {
        const pair = pairs[node]
        return {
          node: graph.names?.[node] ?? node,
          label: classes[label],
          probability: probabilities[node * classes.length + label]!,
          ...(pair ? { pair: `${word(pair.first)} & ${word(pair.second)}`, effect: pair.effect } : {}),
        }
      }),
    }
  } finally {
    await bound.close()
  }
}

function categoriesOf({ categories }: Graph): NonNullable<Graph['categories']> {
  if (categories && categories.size > 1) return categories
  throw new InterplayError('data/role-missing', 'the nodes have no categories to interact', {
    why: 'every column of the features but the first and the target is a category of its node',
  })
}

function checkDirection({ edges }: Graph, { readBothWays }: TrainedOptions): void {
  if (!edges.directed || readBothWays) return
  throw new InterplayError('option/conflict', 'the edges are directed, and catgcn smooths both ways', {
    why: 'many edges are listed in both directions, others in one',
    try: '--set readBothWays=true',
  })
}
