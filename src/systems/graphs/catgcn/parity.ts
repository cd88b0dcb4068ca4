import { compile, float32, grad, int32, namedTensors, State } from '../../../engine/index.ts'
import { Mode, softmaxCrossEntropy } from '../../../nn/index.ts'
import { normalizedAdjacency } from '../../../data/index.ts'
import { largestDifference, relativeDifference, type GoldenCase } from '../../../study/index.ts'
import { CatGcn } from './model.ts'
import { options as schema } from './options.ts'

interface Configuration {
  nodes: number
  features: number
  values: number
  classes: number
  dimension: number
  globalInteraction: string
  localInteraction: boolean
  globalHidden: number[]
  localHidden: number[]
  attentionWidths: number[]
  attentionHeads: number[]
  probe: number
  balanceRatio: number
  propagation: string
  rounds: number
}

/** Largest differences from a golden case: outputs absolutely, gradients relative to each one's largest element. */
export interface CatGcnParity {
  outputs: number
  gradients: number
}

/** Their categories start at 0, ours at 1, behind the padding. */
export async function parityOf({ configuration, tensors }: GoldenCase): Promise<CatGcnParity> {
  const golden = configuration as unknown as Configuration
  const { nodes, features, classes, values } = golden
  const model = new CatGcn(values + 1, classes, {
    ...schema.parse({}),
    embeddingDimension: golden.dimension,
    globalInteraction:
      golden.globalInteraction === 'complete graph' ? 'complete' : (golden.globalInteraction as 'cosine'),
    localInteraction: golden.localInteraction,
    globalHidden: golden.globalHidden,
    localHidden: golden.localHidden,
    attentionWidths: golden.attentionWidths.slice(1),
    attentionHeads: golden.attentionHeads,
    probe: golden.probe,
    balance: golden.balanceRatio,
    rounds: golden.rounds,
    teleport: Number(/teleport (.+)/.exec(golden.propagation)?.[1] ?? 0),
  })
  const state = new State({ model }, 1)
  const given = (path: string) => Float32Array.from(tensors[path]!.data as Float32Array)
  const padding = (path: string, list: Float32Array) =>
    path === 'embedding.weight' ? Float32Array.from([...new Array<number>(golden.dimension).fill(0), ...list]) : list
  const parameters = [...model.parameters()]
  for (const [path, parameter] of parameters) state.write(parameter, padding(path, given(`parameter/${path}`)))
  const parts = ['global', 'local'].filter(name => `output/${name}` in tensors)
  await using program = compile({
    inputs: {
      ids: int32([nodes, features]),
      source: int32(['entries']),
      target: int32(['entries']),
      weight: float32(['entries']),
      labels: int32([nodes]),
    },
    state,
    threads: 1,
    trace: ({ ids, source, target, weight, labels }) => {
      const scores = model.forward({ ids, adjacency: { source, target, weight, rows: nodes } }, Mode.evaluation())
      const loss = softmaxCrossEntropy(scores, labels)
      const gradients = grad(
        loss,
        parameters.map(([, parameter]) => parameter),
      )
      return {
        outputs: {
          logProbabilities: scores.logSoftmax(-1),
          loss: loss.reshape([1]),
          ...namedTensors(scores, Object.fromEntries(parts.map(name => [name, name]))),
          ...Object.fromEntries(gradients.map((gradient, i) => [`gradient.${i}`, gradient])),
        } as Record<string, typeof scores>,
      }
    },
  })
  const ends = tensors['input/edges']!.data as Int32Array
  const edges = { source: ends.slice(0, ends.length / 2), target: ends.slice(ends.length / 2), directed: false }
  const results = await program.run({
    ids: (tensors['input/ids']!.data as Int32Array).map(id => id + 1),
    ...normalizedAdjacency({ nodes, edges }),
    labels: Int32Array.from(tensors['input/target']!.data as Int32Array),
  })
  const value = (name: string) => results[name]!.data as Float32Array
  return {
    outputs: Math.max(
      ...['logProbabilities', 'loss', ...parts].map(name => largestDifference(value(name), given(`output/${name}`))),
    ),
    gradients: Math.max(
      0,
      ...parameters.map(([path], i) =>
        relativeDifference(value(`gradient.${i}`), padding(path, given(`gradient/${path}`))),
      ),
    ),
  }
}
