export { functionPredictor, type FunctionPredictorOptions } from './adapters/function.ts'
export { CheckedPredictor, type CheckOptions } from './checked.ts'
export * from './pairs/index.ts'
export type { Columns, Cost, Predictor, PredictorField, PredictorOutput } from './predictor.ts'
