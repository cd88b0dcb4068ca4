export { createApp, type AppOptions } from './app.ts'
export type { Answer, Prediction } from './inference/decode.ts'
export type { EncodedRows, HostModel, RowWarning, ServedField, ServedModel, ServedOutput } from './inference/model.ts'
export type { Explanations } from './explanations.ts'
export {
  createPredictors,
  type Answered,
  type PredictOptions,
  type Predictor,
  type PredictorOptions,
} from './inference/predictor.ts'
export { encodedRows, servedFields } from './inference/table-rows.ts'
export { limits, type Limits } from './limits.ts'
export { createLog, type Logger } from './log.ts'
export { serve, type RunningServer, type ServeOptions } from './serve.ts'
export { closeOnSignal } from './signals.ts'
