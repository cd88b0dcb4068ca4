export { taken } from '../data/index.ts'
export { answersOf, predictionsOf } from './answers.ts'
export { modelPath, readBundle, sha256, writeBundle } from './bundle.ts'
export { bundleTexts, type BundleDescription, type BundleFile } from './bundle-file.ts'
export { Checkpoints } from './checkpoints.ts'
export {
  cosineRate,
  itemBatches,
  trainEpochs,
  type EpochScore,
  type EpochsOptions,
  type EpochsResult,
} from './epochs.ts'
export { diskError, listFolder, writeWhole } from './files.ts'
export { exportTable, TableLearner, tablesByRow } from './learner.ts'
export {
  monitorOf,
  trainTable,
  type CheckpointStore,
  type Cursor,
  type EpochRecord,
  type FitProgress,
  type LoopOptions,
  type StepProgress,
  type TrainingResult,
} from './loop.ts'
export {
  NetworkLearner,
  NetworkPredictor,
  type NetworkDefinition,
  type NetworkFeeds,
  type NetworkInputs,
  type NetworkTraining,
  stepsOfRun,
  type PassOptions,
} from './network.ts'
export { answerOf, balancedWeights, objective, outputOf, outputRanges, type OutputRange } from './objective.ts'
export { requestedSettings, trainingOptions, type TrainingOptions, type TrainingRequest } from './options.ts'
export { automaticBatch, trainingSettings, type TrainingSettings } from './settings.ts'
export { meansOf, type MeanCapture } from './means-of.ts'
export { rowFeeds, rowLogits } from './row-logits.ts'
export {
  searchChoice,
  type SearchChoiceOptions,
  type Searched,
  type SearchEpoch,
  type SearchRows,
  type SearchSettings,
  type Snapshot,
} from './search/search-choice.ts'
export { SearchModel } from './search/search-model.ts'
export { smallestWithin, type Scored } from './search/smallest-within.ts'
export { fallingTemperature, geometricTemperature, type Temperature } from './search/temperature.ts'
export type { SearchWatch } from './search/watch.ts'
export { restore, snapshotOf } from './snapshot.ts'
export { trainVectorClassifier, type VectorTraining } from './vector-classifier.ts'
