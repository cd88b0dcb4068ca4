import { aucText, meanAuc, protocolTable } from '../../../study/index.ts'
import type { StudyContext, StudyResult } from '../../../system/index.ts'
import { benchmarkSpec, countsSettled, settleProtocol } from '../shared/table-study.ts'
import { additive } from './closed-forms.ts'
import { logistic } from './index.ts'
import { Logistic } from './model.ts'

export async function run(context: StudyContext): Promise<StudyResult> {
  context.settle(
    'counts',
    countsSettled([
      { model: new Logistic(benchmarkSpec('frappe', 1)), expected: 5_390 },
      { model: new Logistic(benchmarkSpec('movielens', 1)), expected: 90_240 },
    ]),
  )
  const error = await additive()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  const mini = await settleProtocol(context, 'mini', 'frappe-mini', ['lr'], [logistic], ({ lr }) => ({
    measured: aucText(lr!),
    holds: Math.abs(meanAuc(lr!) - 0.9245) <= 0.003,
  }))
  const full = await settleProtocol(context, 'frappe', 'frappe', ['lr'], [logistic], ({ lr }) => ({
    measured: aucText(lr!),
    holds: Math.abs(meanAuc(lr!) - 0.935584) <= 0.003,
  }))
  const rows = full ?? mini
  return rows ? { table: protocolTable(rows) } : {}
}
