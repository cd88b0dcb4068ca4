import { readFileSync } from 'node:fs'
import { checkGraph, type Graph } from '../../data/index.ts'
import { defineStudy, defineSystem, z, type Fitted, type Saved, type Task } from '../../system/index.ts'

/** One number a node, the sign of which is its class; three nodes without neighbours. */
export const graph = (): Graph => ({
  nodes: 4,
  numbers: { values: Float32Array.of(-1, -3, 2, 4), width: 1 },
  edges: { source: Int32Array.of(0, 2), target: Int32Array.of(1, 3), directed: false },
  labels: { name: 'side', classes: ['left', 'right'], values: Int32Array.of(0, 0, 1, 1) },
})

const task: Task<{ data: Graph }> = {
  name: 'graph',
  inputs: ['features', 'edges'],
  check: checkGraph,
  read: async ({ inputs, purpose }) => {
    const values = Float32Array.from(JSON.parse(readFileSync(inputs.features!, 'utf8')) as number[])
    return { ...graph(), numbers: { values, width: 1 }, labels: purpose === 'fit' ? graph().labels : undefined }
  },
}

/** The nearest class mean: small, and learned by no gradient. */
export const nearest = defineSystem({
  name: 'nearest',
  family: 'graphs',
  summary: 'the nearest class mean',
  task,
  options: z.object({ power: z.number().min(1).default(2).describe('of the distance') }),
  example: async () => ({ data: graph() }),
  study: defineStudy({ claims: {}, run: async () => {} }),
  async fit({ numbers, labels }, { power }, { progress }) {
    const means = labels!.classes.map((_, k) => {
      const own = [...numbers!.values].filter((_, node) => labels!.values[node] === k)
      return own.reduce((sum, value) => sum + value, 0) / own.length
    })
    progress({ stage: 'class', done: 2, total: 2 })
    return fitted({
      description: { power, classes: labels!.classes },
      tensors: { means: { dtype: 'float32', dims: [means.length], data: Float32Array.from(means) } },
    })
  },
  load: async saved => fitted(saved),
})

export function fitted(saved: Saved): Fitted<Graph> {
  const { power, classes } = saved.description as unknown as { power: number; classes: string[] }
  const means = [...(saved.tensors!.means!.data as Float32Array)]
  return {
    metrics: { test: { accuracy: 1 } },
    parameters: means.length,
    save: () => saved,
    predict: async ({ numbers }) => ({
      records: [...numbers!.values].map((value, node) => {
        const distances = means.map(mean => Math.abs(value - mean) ** power)
        return { node, label: classes[distances.indexOf(Math.min(...distances))] }
      }),
    }),
  }
}
