import { aucText, meanAuc } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { benchmarkSpec, countsSettled, showProtocol } from '../shared/table-study.ts'
import { recurrence } from './closed-forms.ts'
import { dcnv2 } from './index.ts'
import { DeepCrossNetwork } from './model.ts'

export async function run(context: StudyContext): Promise<void> {
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
  await showProtocol(context, 'mini', 'frappe-mini', ['dcnv2', 'fm'], [dcnv2, fm], rows => {
    const gain = meanAuc(rows.dcnv2!) - meanAuc(rows.fm!)
    return {
      measured: `${gain.toFixed(4)} (${aucText(rows.dcnv2!)} against ${aucText(rows.fm!)})`,
      holds: gain >= 0.015,
    }
  })
  await showProtocol(context, 'frappe', 'frappe', ['dcnv2'], [dcnv2], rows => ({
    measured: aucText(rows.dcnv2!),
    holds: meanAuc(rows.dcnv2!) >= 0.983,
  }))
}
