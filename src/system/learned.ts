import type { EncodedTable } from '../data/index.ts'
import type { TableSpec } from '../nn/index.ts'

/** What is known after one round of a `learn`, as an epoch of a network is. */
export interface LearningRound {
  round: number
  trainLoss: number
  /** Validation metrics by name. */
  valid: Readonly<Record<string, number>>
  best: boolean
  seconds: number
}

/** What `learn` of a table system is given. */
export interface LearnContext {
  readonly seed: number
  readonly threads: number
  readonly signal?: AbortSignal
  onRound?(round: LearningRound, total: number): void
}

/** Answers encoded rows. */
export interface TableAnswerer {
  readonly spec: TableSpec
  /** [rows, output width] log-odds, a log-weight a class, or standardised numbers. */
  logits(table: EncodedTable, signal?: AbortSignal): Promise<Float32Array>
}

/** A table model that no shared training made; it is measured, explained, saved and served like one that it did. */
export interface LearnedTable extends TableAnswerer {
  /** Learned values. */
  readonly parameters: number
  readonly bestRound: number
  /** What validation watched. */
  readonly metric: string
  readonly notes: readonly string[]
  /** An ONNX file with the inputs and outputs of every table model. */
  export(metadata?: Record<string, string>): Uint8Array
}
