import { aucText, meanAuc } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { benchmarkSpec, countsSettled, showProtocol } from '../shared/table-study.ts'
import { additive } from './closed-forms.ts'
import { logistic } from './index.ts'
import { Logistic } from './model.ts'

export async function run(context: StudyContext): Promise<void> {
  context.settle(
    'counts',
    countsSettled([
      { model: new Logistic(benchmarkSpec('frappe', 1)), expected: 5_390 },
      { model: new Logistic(benchmarkSpec('movielens', 1)), expected: 90_240 },
    ]),
  )
  const error = await additive()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  await showProtocol(context, 'mini', 'frappe-mini', ['lr'], [logistic], ({ lr }) => ({
    measured: aucText(lr!),
    holds: Math.abs(meanAuc(lr!) - 0.9245) <= 0.003,
  }))
  await showProtocol(context, 'frappe', 'frappe', ['lr'], [logistic], ({ lr }) => ({
    measured: aucText(lr!),
    holds: Math.abs(meanAuc(lr!) - 0.935584) <= 0.003,
  }))
}
