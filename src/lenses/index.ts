export { endpointPredictor, type EndpointOptions } from './adapters/endpoint.ts'
export { functionPredictor, type FunctionPredictorOptions } from './adapters/function.ts'
export * from './concepts/index.ts'
export { CheckedPredictor, type CheckOptions } from './checked.ts'
export { rowsIn, takeRows } from './columns.ts'
export {
  counterfactuals,
  type Change,
  type Constraint,
  type Counterfactual,
  type CounterfactualOptions,
} from './counterfactuals.ts'
export * from './correspondence/index.ts'
export { endingOf, type Ending } from './ending.ts'
export * from './games/index.ts'
export * from './influence/index.ts'
export * from './information/index.ts'
export * as network from './network/index.ts'
export * from './pairs/index.ts'
export * from './partial/index.ts'
export type { Columns, Cost, Predictor, PredictorField, PredictorOutput } from './predictor.ts'
export * from './rashomon/index.ts'
export * from './review/index.ts'
export * from './rows/index.ts'
export * from './rules/index.ts'
export * from './spatial/index.ts'
export * as structure from './structure/index.ts'
export * from './tokens/index.ts'
export * from './trees/index.ts'
