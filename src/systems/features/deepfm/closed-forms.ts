import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { pairsByHand, vectorsOf } from '../shared/by-hand.ts'
import { deepfm } from './index.ts'
import { DeepFactorizationMachine } from './model.ts'

/** The model with a silent deep part against a factorisation machine by hand: the largest difference. */
export async function withoutDeepPart(): Promise<number> {
  const spec = categoricalSpec([5, 6, 4, 7])
  const ids = randomIds(spec, 9)
  const options = deepfm.options.parse({ embeddingDimension: 3, hidden: [4], batchNorm: false })
  const { logits, value } = await probe(new DeepFactorizationMachine(spec, options), spec, {
    ids,
    change: state => {
      for (const part of ['weight', 'bias']) state.read(`model.deep.output.${part}`).data.fill(0)
    },
  })
  const [linear, table] = [value('linear.weight'), value('embedding.weight')]
  const expected = Array.from({ length: 9 }, (_, row) => {
    const first = vectorsOf(spec, linear, 1, ids, row).reduce((sum, [weight]) => sum + weight!, 0)
    return first + pairsByHand(vectorsOf(spec, table, 3, ids, row))
  })
  return distance(expected, logits)
}
