import type { ChartSpec } from '../charts/index.ts'
import type { EncodedTable, Warning } from '../data/index.ts'
import type { TableSpec } from '../nn/index.ts'
import type { TrainingDefaults } from './system.ts'
import type { SearchResult, VerbProgress } from './verbs.ts'

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
  /** What was asked of training, where the system trains networks and says so by its `training`. */
  readonly training?: Readonly<TrainingDefaults & { batch?: number; metric?: string }>
  /** What is done before the rounds of the model that comes out: a search and its candidates. */
  onSearch?(progress: VerbProgress): void
  onRound?(round: LearningRound, total: number): void
  /** What a person should know before the learning is over. */
  onWarning?(warning: Warning): void
}

/** Answers encoded rows. */
export interface TableAnswerer {
  readonly spec: TableSpec
  /** [rows, output width] log-odds, a log-weight a class, or standardised numbers. */
  logits(table: EncodedTable, signal?: AbortSignal): Promise<Float32Array>
}

/** How a learned table was chosen: every candidate, with what was found out on the way. */
export interface SearchOutcome extends SearchResult {
  /** Texts kept beside the result, by file name. */
  readonly files: Readonly<Record<string, string>>
  readonly figures: readonly ChartSpec[]
}

/** A table model that no shared training made; it is measured, explained, saved and served like one that it did. */
export interface LearnedTable extends TableAnswerer {
  /** Learned values. */
  readonly parameters: number
  readonly bestRound: number
  /** What validation watched. */
  readonly metric: string
  readonly notes: readonly string[]
  /** What it was chosen from, where it was. */
  readonly search?: SearchOutcome
  /** An ONNX file with the inputs and outputs of every table model. */
  export(metadata?: Record<string, string>): Uint8Array
  /** Frees what answers. */
  close?(): Promise<void>
}
