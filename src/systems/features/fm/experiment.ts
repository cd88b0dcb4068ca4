import { aucText, meanAuc } from '../../../study/index.ts'
import type { StudyContext } from '../../../system/index.ts'
import { benchmarkSpec, countsSettled, showProtocol } from '../shared/table-study.ts'
import { doubleLoop } from './closed-forms.ts'
import { fm } from './index.ts'
import { FactorizationMachine } from './model.ts'

export async function run(context: StudyContext): Promise<void> {
  context.settle(
    'counts',
    countsSettled([
      { model: new FactorizationMachine(benchmarkSpec('frappe', 1), 10), expected: 59_280 },
      { model: new FactorizationMachine(benchmarkSpec('movielens', 1), 10), expected: 992_630 },
    ]),
  )
  const error = await doubleLoop()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  await showProtocol(context, 'mini', 'frappe-mini', ['fm'], [fm], ({ fm }) => ({
    measured: aucText(fm!),
    holds: Math.abs(meanAuc(fm!) - 0.927) <= 0.003,
  }))
  await showProtocol(context, 'frappe', 'frappe', ['fm'], [fm], ({ fm }) => ({
    measured: aucText(fm!),
    holds: Math.abs(meanAuc(fm!) - 0.967108) <= 0.003,
  }))
}
