import type { EncodedTable } from '../../../data/table/encoded.ts'
import { auc, logLoss, multiclassLogLoss } from '../../../metrics/index.ts'
import type { Forest } from './forest.ts'
import { answersOf, type Objective } from './objective.ts'
import type { BoostedTreesOptions } from './options.ts'

export type Metric = Exclude<BoostedTreesOptions['metric'], 'auto'>

/** Follows a metric on validation rows as rounds are added. */
export interface Watch {
  readonly metric: Metric
  readonly bestRound: number
  /** Adds a round's trees; returns the watched metric and the loss (log loss or RMSE) now. */
  add(round: Forest): Record<string, number>
}

export function watch(
  valid: EncodedTable,
  target: number,
  objective: Objective,
  base: Float32Array,
  options: BoostedTreesOptions,
): Watch {
  const outputs = base.length
  const targets = valid.targets[target]!
  const scores = new Float64Array(valid.rows * outputs)
  for (const [output, score] of base.entries()) scores.fill(score, output * valid.rows, (output + 1) * valid.rows)
  const loss = lossOf(objective)
  const metric = watchedMetric(objective, options)
  const sign = metric === 'auc' ? 1 : -1
  let rounds = 0
  let best = -Infinity
  let bestRound = 0
  return {
    metric,
    get bestRound() {
      return bestRound
    },
    add(round) {
      round.addTo(scores, valid, outputs)
      rounds++
      const answers = answersOf(scores, objective, outputs)
      const value = measure(metric, targets, answers, outputs)
      if (sign * value > best) {
        best = sign * value
        bestRound = rounds
      }
      return { [loss]: metric === loss ? value : measure(loss, targets, answers, outputs), [metric]: value }
    },
  }
}

export const lossOf = (objective: Objective): 'rmse' | 'logLoss' => (objective === 'regression' ? 'rmse' : 'logLoss')

export const watchedMetric = (objective: Objective, { metric }: BoostedTreesOptions): Metric =>
  metric === 'auto' ? lossOf(objective) : metric

export function measure(metric: Metric, targets: Float32Array, answers: Float64Array, outputs: number): number {
  if (metric === 'auc') return auc(targets, answers)
  if (metric === 'logLoss') return outputs > 1 ? multiclassLogLoss(targets, answers) : logLoss(targets, answers)
  return Math.sqrt(targets.reduce((sum, target, i) => sum + (target - answers[i]!) ** 2, 0) / targets.length)
}
