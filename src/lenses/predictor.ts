export type { Columns, Predictor, PredictorField, PredictorOutput } from '../system/predictor.ts'

/** What asking has cost so far. */
export interface Cost {
  /** Requests made. */
  calls: number
  /** Rows answered. */
  predictions: number
  seconds: number
}
