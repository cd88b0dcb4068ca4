import type { ChartSpec, Epoch, FieldProfile, Importance, Interaction, Measured, PairGrid } from '../charts/index.ts'
import type { TaskKind } from '../metrics/index.ts'
import type { Warning } from './parts.ts'

/** Metrics of one predictor on the test rows, by the names of `evaluate`. */
export interface Scores {
  name: string
  metrics: Record<string, Measured>
}

/** The model's metric less a baseline's on the same rows. */
export interface Comparison {
  baseline: string
  metric: string
  difference: Measured
  pValue?: number | null
}

/** What was predicted for the test rows, or for an even sample of them (`sampleTest`). */
export interface TestAnswers {
  /** [rows] 0 or 1, a class index, or the raw value. */
  targets: ArrayLike<number>
  /** [rows], or [rows, classes] for a multiclass target. */
  predictions: ArrayLike<number>
  /** Predictions of baselines for the same rows, at most three. */
  baselines?: { name: string; predictions: ArrayLike<number> }[]
  /** Test rows in all. */
  rows: number
}

/** Everything the report of one run shows: plain data, as written beside the run's `result.json`. */
export interface RunReport {
  schema: 'interplay.report/1'
  interplay: string
  /** Folder of the run, relative. */
  run: string
  /** ISO, UTC. */
  created: string
  seconds: number
  threads: number
  seed: number
  /** The command that makes this run again. */
  command: string
  system: { name: string; parameters: number; paper?: { title: string; venue: string; year: number } }
  data: {
    name: string
    rows: { train: number; valid: number; test: number }
    /** `7:2:1 random` */
    split: string
    fields: FieldProfile[]
    /** Fields left out, with the reason. */
    ignored?: { fields: string[]; reason: string }[]
  }
  /** `classes`: two for a binary target, the positive one last; all for a multiclass one. Share of positives: of test rows. */
  target: { name: string; kind: TaskKind; classes?: string[]; positiveShare?: number }
  model: Scores
  baselines: Scores[]
  comparisons?: Comparison[]
  /** Metrics of the table beside the verdict; by default the kind's own. */
  headline?: string[]
  history: {
    lossTitle: string
    /** Name of the watched metric. */
    metric: string
    best: number
    epochs: Epoch[]
  }
  test?: TestAnswers
  importances?: { values: Importance[]; units: string; phrase: string; rows: number }
  interactions?: {
    values: Interaction[]
    /** `SII` */
    index: string
    units: string
    rows: number
    /** How they were measured, one sentence. */
    method: string
    /** False where the budget ended first. */
    complete: boolean
  }
  /** Effects of the strongest pairs, strongest first. */
  pairs?: PairGrid[]
  /** What the system shows of itself: gates, parts of the logit. */
  figures?: ChartSpec[]
  warnings: Warning[]
  settings: { name: string; value: string; origin: string }[]
  /** How to ask the model: curl, TypeScript. */
  snippets?: { title: string; code: string }[]
  /** Commands worth running next. */
  next?: string[]
}
