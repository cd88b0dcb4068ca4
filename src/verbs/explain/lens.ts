import type { ChartSpec, PairGrid } from '../../charts/index.ts'
import type { Constraint, ImputerName, IndexName } from '../../lenses/index.ts'
import type { About, ExplainResult } from '../../report/index.ts'
import type { RulesDocument } from '../../systems/explain/blackbox-highdim/explanation.ts'
import type { Subject } from './subject.ts'

export interface LensOptions {
  /** The row looked at, by number; all together where it is left out. */
  row?: number
  index?: IndexName
  order: number
  /** Predictions to spend. */
  predictions?: number
  /** Seconds to spend. */
  seconds?: number
  imputer: ImputerName
  constraints: readonly Constraint[]
  /** Of a lens that is a system: its options, where they are not flags. */
  settings?: Readonly<Record<string, unknown>>
  /** Models of a cloud. */
  models?: number
  top: number
  seed: number
  signal?: AbortSignal
  /** A wish for what was measured until now. */
  stop?: AbortSignal
  onProgress(progress: { done: number; total: number }): void
}

export interface LensFinding extends Omit<ExplainResult, 'budget'> {
  /** Why a value does not stand as it looks. */
  reason?: string
}

/** What one lens found. */
export interface LensReport {
  results: LensFinding[]
  complete: boolean
  rows: number
  /** Predictions spent. */
  predictions: number
  units?: string
  /** What the results are of, where they are no fields. */
  about?: About
  /** More of the document than its findings. */
  parts?: { rules?: RulesDocument }
  pairs?: PairGrid[]
  figures?: ChartSpec[]
  notes: string[]
}

/** A way to look at a predictor. */
export interface Lens {
  name: string
  /** A shorter name. */
  alias?: string
  /** One clause: what it measures. */
  summary: string
  /** Looks at one row, at all, or at either. */
  of: 'row' | 'rows' | 'either'
  needs?: 'labels'
  /** It is a system, whose options can be set. */
  system?: boolean
  /** Predictions it makes where no budget is given. */
  cost(subject: Subject, options: LensOptions): number
  run(subject: Subject, options: LensOptions): Promise<LensReport>
}
