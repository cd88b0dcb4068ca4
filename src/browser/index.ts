/**
 * Interplay in a page: learns from rows in memory, answers rows and writes the bundle that every other part reads.
 * Needs nothing of Node and loads only files that stand beside it: ONNX Runtime's, `ort*`, and parts of its own.
 */
export { InterplayError, isInterplayError } from '../errors/index.ts'
export { prepareRows, type DerivedTarget, type PreparedRows } from '../data/table/memory/prepare-rows.ts'
export type { MemoryRows } from '../data/table/memory/columns.ts'
export type { Answer, Prediction } from '../server/inference/decode.ts'
export type { EpochRecord, FitProgress, StepProgress } from '../train/loop.ts'
export { fitRows, type FitRowsOptions, type RowsModel } from './fit-rows.ts'
export { openBundle, type BundleFiles } from './open-bundle.ts'
export { RowPredictor, type RowPredictorOptions } from './row-predictor.ts'
export { systems } from './systems.ts'
