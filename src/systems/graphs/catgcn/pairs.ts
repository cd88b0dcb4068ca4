import type { Graph } from '../../../data/index.ts'
import { compile, constant, int32, type State } from '../../../engine/index.ts'
import { Mode } from '../../../nn/index.ts'
import { pooledPairs, type CatGcn } from './model.ts'

/** The pair of a node's categories that its own scores rest on most, for the class that is called or against it. */
export interface TopPair {
  first: number
  second: number
  /** How much of the node's own score of the called class is lost without the pair; below 0 where it speaks against it. */
  effect: number
}

/** Values of the widest intermediate in one run. */
const largestRun = 1 << 22

/**
 * For each node, the pair of its categories whose absence from the pooled pairs changes its scores most, as a vector over
 * classes less its mean, which a softmax does not see; undefined where it has fewer than two categories, or the model no
 * local part. The called class alone would not do: neighbours call many nodes against their own pair, which then moves
 * the classes it speaks for.
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
      const effects = scores(pooled)
        .sub(scores(pooled.sub(p!.mul(q!))))
        .mul(share)
      return { outputs: { effects, moves: effects.sub(effects.mean(2, { keep: true })).norm(2) } }
    },
  })
  const found: (TopPair | undefined)[] = []
  const rows = Math.max(1, Math.floor(largestRun / (firsts.length * options.embeddingDimension)))
  for (let start = 0; start < nodes; start += rows) {
    const end = Math.min(nodes, start + rows)
    const { effects, moves } = await program.run({ ids: ids.subarray(start * slots, end * slots) })
    for (let node = start; node < end; node++) {
      let [best, most]: [TopPair | undefined, number] = [undefined, -1]
      firsts.forEach((p, pair) => {
        const [first, second] = [ids[node * slots + p]!, ids[node * slots + seconds[pair]!]!]
        const at = (node - start) * firsts.length + pair
        const move = Number(moves.data[at])
        if (first === 0 || second === 0 || move <= most) return
        most = move
        best = { first, second, effect: Number(effects.data[at * classes + called[node]!]) }
      })
      found.push(best)
    }
  }
  return found
}
