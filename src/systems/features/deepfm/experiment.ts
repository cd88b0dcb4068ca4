import { aucText, meanAuc } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { benchmarkSpec, countsSettled, showProtocol } from '../shared/table-study.ts'
import { withoutDeepPart } from './closed-forms.ts'
import { deepfm } from './index.ts'
import { DeepFactorizationMachine } from './model.ts'

export async function run(context: StudyContext): Promise<void> {
  const options = deepfm.options.parse({})
  context.settle(
    'counts',
    countsSettled([
      { model: new DeepFactorizationMachine(benchmarkSpec('frappe', 1), options), expected: 423_280 },
      { model: new DeepFactorizationMachine(benchmarkSpec('movielens', 1), options), expected: 1_328_630 },
    ]),
  )
  const error = await withoutDeepPart()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  await showProtocol(context, 'mini', 'frappe-mini', ['deepfm', 'fm'], [deepfm, fm], rows => {
    const gain = meanAuc(rows.deepfm!) - meanAuc(rows.fm!)
    return {
      measured: `${gain.toFixed(4)} (${aucText(rows.deepfm!)} against ${aucText(rows.fm!)})`,
      holds: gain >= 0.015,
    }
  })
  await showProtocol(context, 'frappe', 'frappe', ['deepfm'], [deepfm], rows => ({
    measured: aucText(rows.deepfm!),
    holds: meanAuc(rows.deepfm!) >= 0.983,
  }))
}
