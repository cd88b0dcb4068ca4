/** One input of a predictor. A categorical column holds codes 0 .. values.length - 1. */
export interface PredictorField {
  name: string
  type: 'numeric' | 'categorical'
  values?: readonly string[]
}

/** What the numbers of an answer are: raw values, log-odds, or probabilities; one name per output. */
export interface PredictorOutput {
  kind: 'value' | 'logit' | 'probability'
  names: readonly string[]
}

/** Rows as columns: one array per field, in the order of the predictor's fields, all of one length. */
export type Columns = readonly Float64Array[]

/** Rows with what is known of each: 0 or 1, or a number. */
export interface LabelledRows {
  columns: Columns
  labels: { kind: 'binary' | 'regression'; values: ArrayLike<number> }
}

/** Anything that answers rows with numbers: a run, an ONNX file, an endpoint, a TypeScript function. */
export interface Predictor {
  readonly name: string
  readonly fields: readonly PredictorField[]
  readonly output: PredictorOutput
  /** Answers [rows, outputs], row-major. */
  predict(columns: Columns, signal?: AbortSignal): Promise<Float64Array>
  /** False where equal rows may get different answers; undefined is taken as deterministic, and checked. */
  readonly deterministic?: boolean
  /** Rows it answers best in one call. */
  readonly batch?: number
}
