import { aucEstimate, aucOfTally } from './auc.ts'
import { expectedCalibrationError } from './calibration.ts'
import { accuracy, classScores, macroScore, type ClassPart } from './classification.ts'
import { averagePrecision } from './curves.ts'
import { aucOfGroup, valuesByGroup, type RankedGroup } from './groups.ts'
import { logitInterval, meanInterval, ratioInterval, within, type Estimate } from './interval.ts'
import { brierScores, logLosses, multiclassBrierScores, multiclassLogLosses } from './losses.ts'
import { hitRateOfGroup, ndcgOfGroup, recallOfGroup, reciprocalRankOfGroup } from './ranking.ts'
import { mae, r2, rmse } from './regression.ts'
import type { Answers, Scored, TaskKind } from './scored.ts'

/** How one number is made of answers, what it is called, and which way is better. */
export interface Metric {
  /** camelCase name: key of `evaluate`'s record, of `metrics.jsonl` and of `--metric`. */
  name: string
  /** As written in tables and on axes. */
  title: string
  better: 'higher' | 'lower'
  kinds: TaskKind[]
  /** Needs the group of each row. */
  grouped: boolean
  /** In units of the target; otherwise a share, a probability or nats. */
  inTargetUnits: boolean
  /** NaN where it is undefined (a class missing, say). */
  value(scored: Scored): number
  /** With its 95% interval; absent where there is none to trust. */
  estimate?(scored: Scored): Estimate
}

type Details = Pick<Metric, 'name' | 'title' | 'kinds'> & Partial<Metric>

const define = (details: Details, value: Metric['value'], estimate?: Metric['estimate']): Metric => ({
  better: 'higher',
  grouped: false,
  inTargetUnits: false,
  ...details,
  value,
  estimate,
})

const estimated = (details: Details, estimate: (scored: Scored) => Estimate): Metric =>
  define(details, scored => estimate(scored).value, estimate)

const meanLoss = (terms: (targets: ArrayLike<number>, predictions: ArrayLike<number>) => Float64Array, from: Answers) =>
  within(meanInterval(terms(from.targets, from.predictions)), 0, Infinity)

const ofPositives = (part: ClassPart, title: string) =>
  estimated({ name: part, title, kinds: ['binary'] }, scored => classScores(scored.confusion, 2, 1)[part])

const macro = (part: ClassPart, title: string) =>
  estimated({ name: part, title: `macro ${title}`, kinds: ['multiclass'] }, scored =>
    macroScore(scored.confusion, scored.classes, part),
  )

const overGroups = (name: string, title: string, value: (group: RankedGroup) => number) =>
  estimated({ name, title, kinds: ['binary'], grouped: true }, scored =>
    within(meanInterval(valuesByGroup(scored.groups, value).values), 0, 1),
  )

/** Ranking metrics cut at any rank. */
export const atK = {
  ndcg: (k: number) => overGroups(`ndcgAt${k}`, `NDCG@${k}`, group => ndcgOfGroup(group, k)),
  hitRate: (k: number) => overGroups(`hitRateAt${k}`, `HR@${k}`, group => hitRateOfGroup(group, k)),
  recall: (k: number) => overGroups(`recallAt${k}`, `recall@${k}`, group => recallOfGroup(group, k)),
}

/** In the order tables show them. */
export const metrics: Metric[] = [
  estimated({ name: 'auc', title: 'AUC', kinds: ['binary'] }, scored => aucEstimate(scored.tally)),
  estimated({ name: 'logLoss', title: 'log loss', kinds: ['binary'], better: 'lower' }, ({ answers }) =>
    meanLoss(logLosses, answers),
  ),
  estimated({ name: 'logLoss', title: 'log loss', kinds: ['multiclass'], better: 'lower' }, ({ answers }) =>
    meanLoss(multiclassLogLosses, answers),
  ),
  estimated({ name: 'brier', title: 'Brier score', kinds: ['binary'], better: 'lower' }, ({ answers }) =>
    meanLoss(brierScores, answers),
  ),
  estimated({ name: 'brier', title: 'Brier score', kinds: ['multiclass'], better: 'lower' }, ({ answers }) =>
    meanLoss(multiclassBrierScores, answers),
  ),
  estimated({ name: 'averagePrecision', title: 'average precision', kinds: ['binary'] }, ({ tally }) =>
    logitInterval(averagePrecision(tally), tally.positiveRows),
  ),
  define({ name: 'calibrationError', title: 'calibration error', kinds: ['binary'], better: 'lower' }, scored =>
    expectedCalibrationError(scored.tally),
  ),
  estimated({ name: 'accuracy', title: 'accuracy', kinds: ['binary', 'multiclass'] }, scored =>
    accuracy(scored.confusion, scored.classes),
  ),
  ofPositives('precision', 'precision'),
  ofPositives('recall', 'recall'),
  ofPositives('f1', 'F1'),
  macro('precision', 'precision'),
  macro('recall', 'recall'),
  macro('f1', 'F1'),
  estimated(
    { name: 'rmse', title: 'RMSE', kinds: ['regression'], better: 'lower', inTargetUnits: true },
    ({ answers }) => rmse(answers.targets, answers.predictions),
  ),
  estimated({ name: 'mae', title: 'MAE', kinds: ['regression'], better: 'lower', inTargetUnits: true }, ({ answers }) =>
    mae(answers.targets, answers.predictions),
  ),
  estimated({ name: 'r2', title: 'R²', kinds: ['regression'] }, ({ answers }) =>
    r2(answers.targets, answers.predictions),
  ),
  estimated({ name: 'groupedAuc', title: 'grouped AUC', kinds: ['binary'], grouped: true }, scored => {
    const { values, sizes } = valuesByGroup(scored.groups, aucOfGroup)
    const numerators = values.map((value, g) => value * sizes[g]!)
    return within(ratioInterval(numerators, sizes), 0, 1)
  }),
  overGroups('averageAuc', 'average AUC', aucOfGroup),
  overGroups('mrr', 'MRR', reciprocalRankOfGroup),
  atK.ndcg(10),
  atK.hitRate(10),
  atK.recall(10),
]

/** What an early stop may watch besides: the field's protocol for large tables monitors AUC less log loss. */
export const monitors: Metric[] = [
  define({ name: 'aucMinusLogLoss', title: 'AUC − log loss', kinds: ['binary'] }, ({ tally, answers }) => {
    return aucOfTally(tally) - meanLoss(logLosses, answers).value
  }),
]
