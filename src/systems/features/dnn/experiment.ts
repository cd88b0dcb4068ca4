import { aucText, meanAuc } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { fm } from '../fm/index.ts'
import { benchmarkSpec, countsSettled, showProtocol } from '../shared/table-study.ts'
import { collapsed } from './closed-forms.ts'
import { dnn } from './index.ts'
import { DeepNetwork } from './model.ts'

export async function run(context: StudyContext): Promise<void> {
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
  await showProtocol(context, 'mini', 'frappe-mini', ['dnn', 'fm'], [dnn, fm], ({ dnn, fm }) => {
    const gain = meanAuc(dnn!) - meanAuc(fm!)
    return { measured: `${gain.toFixed(4)} (${aucText(dnn!)} against ${aucText(fm!)})`, holds: gain >= 0.015 }
  })
  await showProtocol(context, 'frappe', 'frappe', ['dnn'], [dnn], ({ dnn }) => ({
    measured: aucText(dnn!),
    holds: meanAuc(dnn!) >= 0.983,
  }))
}
