import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { dot, linearByHand, vectorsOf } from '../shared/by-hand.ts'
import { dcnv2 } from './index.ts'
import { DeepCrossNetwork } from './model.ts'

/** The parallel model with a silent deep part, against x_{l+1} = x_0 * (W x_l + b) + x_l by hand. */
export async function recurrence(): Promise<number> {
  const spec = categoricalSpec([5, 6, 4])
  const ids = randomIds(spec, 9)
  const options = dcnv2.options.parse({ embeddingDimension: 2, hidden: [3], batchNorm: false, crossLayers: 3 })
  const width = 6
  const { logits, value } = await probe(new DeepCrossNetwork(spec, options), spec, {
    ids,
    change: state => state.read('model.output.weight').data.fill(0, width),
  })
  const cross = [0, 1, 2].map(l => [value(`cross.layers.${l}.weight`), value(`cross.layers.${l}.bias`)] as const)
  const [table, output, bias] = [value('embedding.weight'), value('output.weight'), value('output.bias')[0]!]
  const expected = Array.from({ length: 9 }, (_, row) => {
    const start = vectorsOf(spec, table, 2, ids, row).flatMap(vector => [...vector])
    const end = cross.reduce((x, [w, b]) => {
      const mapped = linearByHand(w, x, b)
      return x.map((value, i) => start[i]! * mapped[i]! + value)
    }, start)
    return dot(output.subarray(0, width), end) + bias
  })
  return distance(expected, logits)
}
