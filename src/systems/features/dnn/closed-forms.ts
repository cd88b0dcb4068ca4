import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { linearByHand, vectorsOf } from '../shared/by-hand.ts'
import { DeepNetwork } from './model.ts'

/** Layers without activation against their matrices by hand: the largest difference. */
export async function collapsed(): Promise<number> {
  const spec = categoricalSpec([5, 6, 4])
  const ids = randomIds(spec, 9)
  const options = {
    embeddingDimension: 2,
    hidden: [4, 3],
    activation: 'identity',
    batchNorm: false,
    dropout: 0,
  } as const
  const { logits, value } = await probe(new DeepNetwork(spec, { ...options, hidden: [4, 3] }), spec, { ids })
  const layer = (path: string) => [value(`layers.${path}.weight`), value(`layers.${path}.bias`)] as const
  const path = ['layers.0.linear', 'layers.1.linear', 'output'].map(layer)
  const table = value('embedding.weight')
  const expected = Array.from({ length: 9 }, (_, row) => {
    const start: ArrayLike<number> = vectorsOf(spec, table, 2, ids, row).flatMap(vector => [...vector])
    return path.reduce((x, [weight, bias]) => linearByHand(weight, x, bias), start)[0]!
  })
  return distance(expected, logits)
}
