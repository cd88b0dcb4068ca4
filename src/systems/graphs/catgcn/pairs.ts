import type { Graph } from '../../../data/index.ts'
import { compile, constant, int32, type State } from '../../../engine/index.ts'
import { Mode } from '../../../nn/index.ts'
import { pooledPairs, type CatGcn } from './model.ts'

/** The pair of categories of a node that says most about a class, for it or against it. */
export interface TopPair {
  first: number
  second: number
  /** How much of the node's own score of the class is lost without the pair; below 0 where the pair speaks against it. */
  effect: number
}

/** Values of the widest intermediate in one run. */
const largestRun = 1 << 22

/**
 * For each node, the pair of its categories whose absence from the pooled pairs changes the score of class
 * `called[node]` most; undefined where it has fewer than two categories, or the model no local part.
 */
export async function topPairs(
  { embedding, local, global, options, classes }: CatGcn,
  state: State,
  { nodes, categories }: Graph,
  called: Int32Array,
  threads: number,
): Promise<(TopPair | undefined)[]> {
  const { ids, slots } = categories!
  const pairs = Array.from({ length: slots }, (_, p) => Array.from({ length: slots - p - 1 }, (_, k) => [p, p + 1 + k]))
  const [firsts, seconds] = [0, 1].map(end => pairs.flat().map(pair => pair[end]!)) as [number[], number[]]
  if (!local || firsts.length === 0) return Array.from({ length: nodes })
  const share = global ? 1 - options.balance : 1
  await using program = compile({
    inputs: { ids: int32(['nodes', slots]) },
    state,
    threads,
    trace: leaves => {
      const vectors = embedding.forward(leaves.ids)
      const pooled = pooledPairs(vectors).unsqueeze(1)
      const [p, q] = [firsts, seconds].map(list => vectors.gather(constant(list, [list.length], 'int32'), 1))
      const scores = (x: typeof pooled) => local.mlp.forward(x, Mode.evaluation())
      return {
        outputs: {
          effects: scores(pooled)
            .sub(scores(pooled.sub(p!.mul(q!))))
            .mul(share),
        },
      }
    },
  })
  const found: (TopPair | undefined)[] = []
  const rows = Math.max(1, Math.floor(largestRun / (firsts.length * options.embeddingDimension)))
  for (let start = 0; start < nodes; start += rows) {
    const end = Math.min(nodes, start + rows)
    const { effects } = await program.run({ ids: ids.subarray(start * slots, end * slots) })
    for (let node = start; node < end; node++) {
      let best: TopPair | undefined
      firsts.forEach((p, pair) => {
        const [first, second] = [ids[node * slots + p]!, ids[node * slots + seconds[pair]!]!]
        const effect = Number(effects.data[((node - start) * firsts.length + pair) * classes + called[node]!])
        if (first > 0 && second > 0 && (!best || Math.abs(effect) > Math.abs(best.effect)))
          best = { first, second, effect }
      })
      found.push(best)
    }
  }
  return found
}
