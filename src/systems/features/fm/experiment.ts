import { aucText, categoricalSpec, distance, meanAuc, probe, protocolTable, randomIds } from '../../../study/index.ts'
import type { StudyContext, StudyResult } from '../../../system/index.ts'
import { pairsByHand, vectorsOf } from '../shared/by-hand.ts'
import { benchmarkSpec, countsSettled, settleProtocol } from '../shared/table-study.ts'
import { fm } from './index.ts'
import { FactorizationMachine } from './model.ts'

export async function run(context: StudyContext): Promise<StudyResult> {
  context.settle(
    'counts',
    countsSettled([
      { model: new FactorizationMachine(benchmarkSpec('frappe', 1), 10), expected: 59_280 },
      { model: new FactorizationMachine(benchmarkSpec('movielens', 1), 10), expected: 992_630 },
    ]),
  )
  const error = await doubleLoop()
  context.settle('closedForm', { measured: error, holds: error <= 1e-5 })
  const mini = await settleProtocol(context, 'mini', 'frappe-mini', ['fm'], [fm], ({ fm }) => ({
    measured: aucText(fm!),
    holds: Math.abs(meanAuc(fm!) - 0.927) <= 0.003,
  }))
  const full = await settleProtocol(context, 'frappe', 'frappe', ['fm'], [fm], ({ fm }) => ({
    measured: aucText(fm!),
    holds: Math.abs(meanAuc(fm!) - 0.967108) <= 0.003,
  }))
  const rows = full ?? mini
  return rows ? { table: protocolTable(rows) } : {}
}

async function doubleLoop(): Promise<number> {
  const spec = categoricalSpec([5, 6, 4, 7])
  const ids = randomIds(spec, 9)
  const { logits, value } = await probe(new FactorizationMachine(spec, 3), spec, { ids })
  const [linear, bias, table] = [value('linear.weight'), value('linear.bias')[0]!, value('embedding.weight')]
  const expected = Float64Array.from({ length: 9 }, (_, row) => {
    const first = vectorsOf(spec, linear, 1, ids, row).reduce((sum, [weight]) => sum + weight!, bias)
    return first + pairsByHand(vectorsOf(spec, table, 3, ids, row))
  })
  return distance(expected, logits)
}
