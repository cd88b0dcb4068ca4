import { aucText, categoricalSpec, distance, meanAuc, probe, protocolTable, randomIds } from '../../../study/index.ts'
import type { StudyContext, StudyResult } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { linearByHand, vectorsOf } from '../shared/by-hand.ts'
import { benchmarkSpec, countsSettled, settleProtocol } from '../shared/table-study.ts'
import { dnn } from './index.ts'
import { DeepNetwork } from './model.ts'

export async function run(context: StudyContext): Promise<StudyResult> {
  const options = dnn.options.parse({})
  context.settle(
    'counts',
    countsSettled([
      { model: new DeepNetwork(benchmarkSpec('frappe', 1), options), expected: 417_891 },
      { model: new DeepNetwork(benchmarkSpec('movielens', 1), options), expected: 1_238_391 },
    ]),
  )
  const error = await collapsed()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  const mini = await settleProtocol(context, 'mini', 'frappe-mini', ['dnn', 'fm'], [dnn, fm], ({ dnn, fm }) => {
    const gain = meanAuc(dnn!) - meanAuc(fm!)
    return { measured: `${gain.toFixed(4)} (${aucText(dnn!)} against ${aucText(fm!)})`, holds: gain >= 0.015 }
  })
  const full = await settleProtocol(context, 'frappe', 'frappe', ['dnn'], [dnn], ({ dnn }) => ({
    measured: aucText(dnn!),
    holds: meanAuc(dnn!) >= 0.983,
  }))
  const rows = full ?? mini
  return rows ? { table: protocolTable(rows) } : {}
}

async function collapsed(): Promise<number> {
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
