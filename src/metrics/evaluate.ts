import type { Metric } from './definitions.ts'
import type { Estimate } from './interval.ts'
import { metric, metricsOf } from './registry.ts'
import { Scored, type Answers } from './scored.ts'

/**
 * Every metric of the task, or those named, in float64, keyed by camelCase name (`auc`, `logLoss`, `rmse`, ...); NaN where
 * one is undefined. Throws `predictor/answer` when predictions are too few, too many or NaN.
 */
export function evaluate(answers: Answers, names?: string[]): Record<string, number> {
  const scored = new Scored(answers)
  return Object.fromEntries(chosen(answers, names).map(entry => [entry.name, entry.value(scored)]))
}

/** As `evaluate`, with 95% intervals; `low` and `high` are absent where a metric has none. */
export function estimate(
  answers: Answers,
  names?: string[],
): Record<string, Pick<Estimate, 'value'> & Partial<Estimate>> {
  const scored = new Scored(answers)
  return Object.fromEntries(
    chosen(answers, names).map(entry => [entry.name, entry.estimate?.(scored) ?? { value: entry.value(scored) }]),
  )
}

function chosen({ kind, group }: Answers, names: string[] | undefined): Metric[] {
  return names?.map(name => metric(name, kind)) ?? metricsOf(kind, { grouped: group !== undefined })
}
