import { InterplayError } from '../../errors/index.ts'
import { auc } from '../../metrics/auc.ts'
import type { Labels } from '../pairs/support.ts'
import type { PredictorOutput } from '../predictor.ts'

export const lossNames = ['log loss', 'squared error', 'absolute error', 'zero-one', '1 - AUC'] as const
export type LossName = (typeof lossNames)[number]

/** Lower is better, of the answers of all rows. */
export type Loss = (answers: Float64Array) => number

/** Log loss of a binary target, squared error of a number. */
export const usualLoss = ({ kind }: Labels): LossName => (kind === 'binary' ? 'log loss' : 'squared error')

/** Probabilities are held this far from 0 and 1. */
const least = 1e-15

/**
 * A loss against labels; binary answers are log-odds, probabilities, or (values) taken as probabilities.
 *
 * @throws InterplayError `lens/needs` for a loss of classes on a target that has none
 */
export function lossOf(name: LossName, { kind, values }: Labels, output: PredictorOutput['kind']): Loss {
  if (kind === 'regression' && (name === 'log loss' || name === 'zero-one' || name === '1 - AUC'))
    throw new InterplayError('lens/needs', `${name} needs a target of two values`, { try: 'squared error' })
  const logit = output === 'logit'
  const probability = (answer: number) => (logit ? 1 / (1 + Math.exp(-answer)) : answer)
  const each: Record<Exclude<LossName, '1 - AUC'>, (answer: number, label: number) => number> = {
    'squared error': (answer, label) => ((kind === 'binary' ? probability(answer) : answer) - label) ** 2,
    'absolute error': (answer, label) => Math.abs((kind === 'binary' ? probability(answer) : answer) - label),
    'zero-one': (answer, label) => Number(answer > (logit ? 0 : 0.5) !== label > 0.5),
    'log loss': logit ? logitLoss : probabilityLoss,
  }
  if (name === '1 - AUC') return answers => 1 - auc(values, answers)
  const own = each[name]
  return answers => {
    let sum = 0
    for (let r = 0; r < answers.length; r++) sum += own(answers[r]!, values[r]!)
    return sum / answers.length
  }
}

const logitLoss = (answer: number, label: number): number =>
  Math.max(answer, 0) - answer * label + Math.log1p(Math.exp(-Math.abs(answer)))

function probabilityLoss(answer: number, label: number): number {
  const p = Math.min(1 - least, Math.max(least, answer))
  return -(label * Math.log(p) + (1 - label) * Math.log(1 - p))
}
