export { adjustedRand } from './adjusted-rand.ts'
export { auc, aucEstimate, aucOfTally, compareAuc } from './auc.ts'
export { calibrationCurve, expectedCalibrationError, type CalibrationBin } from './calibration.ts'
export {
  accuracy,
  callBinary,
  callMulticlass,
  classScores,
  confusionMatrix,
  macroScore,
  type ClassPart,
  type ClassScores,
} from './classification.ts'
export { averagePrecision, precisionRecallCurve, rocCurve, type PrecisionRecallCurve, type RocCurve } from './curves.ts'
export { displacement, type Displacement } from './displacement.ts'
export { estimate, evaluate } from './evaluate.ts'
export {
  compareMeans,
  meanInterval,
  normalInterval,
  proportionInterval,
  quantileOfSorted,
  ratioInterval,
  type Difference,
  type Estimate,
} from './interval.ts'
export {
  brier,
  brierScores,
  logLoss,
  logLosses,
  multiclassBrier,
  multiclassBrierScores,
  multiclassLogLoss,
  multiclassLogLosses,
} from './losses.ts'
export { correctKeypoints } from './keypoints.ts'
export { kernelDistance } from './kernel-distance.ts'
export {
  clusterBootstrap,
  powerOfTwoProportions,
  twoProportions,
  type Proportion,
  type ProportionTest,
} from './proportions.ts'
export { correlation, rankCorrelation } from './rank-correlation.ts'
export { retrievalScores, type RetrievalScores } from './retrieval.ts'
export { groupedAuc, rankingMetrics } from './ranking.ts'
export type { Metric } from './definitions.ts'
export { defaultMetric, improves, metric, metricsOf } from './registry.ts'
export { mae, r2, rmse } from './regression.ts'
export type { Answers, TaskKind } from './scored.ts'
export { tallyScores, type ScoreTally } from './tally.ts'
