import { aucText, categoricalSpec, distance, meanAuc, probe, protocolTable, randomIds } from '../../../study/index.ts'
import type { StudyContext, StudyResult } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { dot, linearByHand, vectorsOf } from '../shared/by-hand.ts'
import { benchmarkSpec, countsSettled, settleProtocol } from '../shared/table-study.ts'
import { dcnv2 } from './index.ts'
import { DeepCrossNetwork } from './model.ts'

export async function run(context: StudyContext): Promise<StudyResult> {
  const layers = (crossLayers: number) => dcnv2.options.parse({ crossLayers })
  context.settle(
    'counts',
    countsSettled([
      { model: new DeepCrossNetwork(benchmarkSpec('frappe', 1), layers(4)), expected: 458_391 },
      { model: new DeepCrossNetwork(benchmarkSpec('movielens', 1), layers(5)), expected: 1_243_071 },
    ]),
  )
  const error = await recurrence()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  const mini = await settleProtocol(context, 'mini', 'frappe-mini', ['dcnv2', 'fm'], [dcnv2, fm], rows => {
    const gain = meanAuc(rows.dcnv2!) - meanAuc(rows.fm!)
    return {
      measured: `${gain.toFixed(4)} (${aucText(rows.dcnv2!)} against ${aucText(rows.fm!)})`,
      holds: gain >= 0.015,
    }
  })
  const full = await settleProtocol(context, 'frappe', 'frappe', ['dcnv2'], [dcnv2], rows => ({
    measured: aucText(rows.dcnv2!),
    holds: meanAuc(rows.dcnv2!) >= 0.983,
  }))
  const rows = full ?? mini
  return rows ? { table: protocolTable(rows) } : {}
}

/** The parallel model with a silent deep part, against x_{l+1} = x_0 * (W x_l + b) + x_l by hand. */
async function recurrence(): Promise<number> {
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
