import { normalizedAdjacency } from '../../../data/index.ts'
import { constant, eager, float32, int32, compile, State, type Tensor } from '../../../engine/index.ts'
import { Mode, propagate, trainable } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { distance } from '../../../study/index.ts'
import { CatGcn, pooledPairs } from './model.ts'
import { options as schema, type CatGcnOptions } from './options.ts'

const [nodes, slots, width] = [7, 5, 6]
const random = new Random(4, 'closed-forms')
const draws = (count: number) => Float32Array.from({ length: count }, () => random.normal())

/** Evaluates a graph of constants. */
const numbers = async (x: Tensor): Promise<Float32Array> => (await eager(x)).data as Float32Array

const modelOf = (options: Partial<CatGcnOptions>) =>
  new CatGcn(30, 3, { ...schema.parse({}), embeddingDimension: width, ...options })

/** What every category hears by our O(S) form and by the matrix (11' + r I) / (S + r), before the mean. */
export async function completeGraph(probe: number): Promise<{ error: number; spread: number }> {
  const model = modelOf({ probe })
  const state = new State({ model }, 3)
  for (const parameter of trainable(model)) state.write(parameter, draws(parameter.size))
  const vectors = draws(nodes * slots * width)
  await using program = compile({
    inputs: { vectors: float32([nodes, slots, width]) },
    state,
    threads: 1,
    trace: leaves => ({
      outputs: {
        heard: model.global!.interact(
          leaves.vectors,
          constant(new Array<number>(nodes * slots).fill(1), [nodes, slots]),
          Mode.evaluation(),
        ),
      },
    }),
  })
  const heard = (await program.run({ vectors })).heard.data as Float32Array
  const weight = state.read('model.global.projection.weight').data
  const bias = state.read('model.global.projection.bias').data
  const expected = new Float64Array(heard.length)
  let spread = 0
  for (let node = 0; node < nodes; node++) {
    for (let i = 0; i < slots; i++) {
      for (let o = 0; o < width; o++) {
        let sum = bias[o]!
        for (let j = 0; j < slots; j++) {
          const entry = (1 + (i === j ? probe : 0)) / (slots + probe)
          for (let d = 0; d < width; d++)
            sum += entry * vectors[(node * slots + j) * width + d]! * weight[o * width + d]!
        }
        expected[(node * slots + i) * width + o] = Math.max(0, sum)
        const first = heard[node * slots * width + o]!
        spread = Math.max(spread, Math.abs(heard[(node * slots + i) * width + o]! - first))
      }
    }
  }
  const scale = expected.reduce((largest, value) => Math.max(largest, value), 1)
  return { error: distance(expected, heard) / scale, spread }
}

export async function pooling(): Promise<number> {
  const vectors = draws(nodes * slots * width)
  const expected = new Float64Array(nodes * width)
  const at = (node: number, p: number, d: number) => vectors[(node * slots + p) * width + d]!
  for (let node = 0; node < nodes; node++)
    for (let p = 0; p < slots; p++)
      for (let q = p + 1; q < slots; q++)
        for (let d = 0; d < width; d++) expected[node * width + d]! += at(node, p, d) * at(node, q, d)
  return distance(expected, await numbers(pooledPairs(constant(vectors, [nodes, slots, width]))))
}

/** A ring, every node of which has two neighbours and itself. */
export async function constantOnRing(): Promise<number> {
  const source = Int32Array.from({ length: 12 }, (_, node) => node)
  const edges = { source, target: source.map(node => (node + 1) % 12), directed: false }
  const ring = normalizedAdjacency({ nodes: 12, edges })
  await using program = compile({
    inputs: { source: int32(['e']), target: int32(['e']), weight: float32(['e']), z: float32([12, 2]) },
    threads: 1,
    trace: ({ z, ...matrix }) => ({ outputs: { smooth: propagate({ ...matrix, rows: 12 }, z, 8) } }),
  })
  const z = new Float32Array(24).fill(1.7)
  return distance(z, (await program.run({ ...ring, z })).smooth.data as Float32Array)
}

/** The spread of local scores among nodes of one category each. */
export async function singleCategory(): Promise<number> {
  const model = modelOf({ globalInteraction: 'none', localHidden: [5] })
  const state = new State({ model }, 2)
  await using program = compile({
    inputs: { ids: int32([4, 2]) },
    state,
    threads: 1,
    trace: leaves => ({ outputs: { scores: model.scores(leaves.ids, Mode.evaluation()) } }),
  })
  const scores = (await program.run({ ids: Int32Array.of(3, 0, 9, 0, 0, 4, 12, 0) })).scores.data as Float32Array
  return distance(
    scores,
    Array.from(scores, (_, i) => scores[i % 3]!),
  )
}
