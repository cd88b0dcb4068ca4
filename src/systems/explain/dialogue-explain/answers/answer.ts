import type { ChartSpec } from '../../../../charts/index.ts'
import type { Query } from '../query/schema.ts'

/** One number that was computed, with what it is and how far it can be off. */
export interface AnswerValue {
  /** The set, group or row it is of. */
  name: string
  value: number | null
  /** Ends of its 95% interval; null where it is exact or has none, and `reason` says which. */
  low: number | null
  high: number | null
  /** `log-odds`, `probability`, `rows`. */
  unit: string
  reason?: string
}

/** How an answer was computed. */
export interface Evidence {
  method: string
  /** Rows it is over, of all there are. */
  rows: number
  of: number
  /** Predictions asked for. */
  predictions: number
  seed: number
  /** Share of these rows that the model calls right; of a target that is a number, its mean absolute error. */
  quality?: { name: string; value: number; low: number; high: number }
  /** How far the explanation says what the model does. */
  faithfulness?: string
  notes: readonly string[]
}

/** A query answered. Every number in the sentences is among the values and their reasons. */
export interface Answer {
  query: Query
  /** The query in its text form. */
  program: string
  sentences: readonly string[]
  values: readonly AnswerValue[]
  evidence: Evidence
  table?: { columns: readonly string[]; rows: readonly (readonly string[])[] }
  charts?: readonly ChartSpec[]
  /** What could be asked next. */
  next: readonly string[]
}

/** What one operation gives; the rest is added for all alike. */
export interface Finding {
  sentences: readonly string[]
  values?: readonly AnswerValue[]
  method: string
  /** Rows the answer is over, where not all that were asked about. */
  rows?: number
  /** Where the conversation's own predictor was not what was asked. */
  predictions?: number
  faithfulness?: string
  notes?: readonly string[]
  table?: Answer['table']
  charts?: readonly ChartSpec[]
  next?: readonly string[]
}

/** A value that is counted or computed exactly, not estimated. */
export const exact = (name: string, value: number, unit: string): AnswerValue => ({
  name,
  value,
  low: null,
  high: null,
  unit,
  reason: 'exact',
})

export const estimated = (
  name: string,
  { value, low, high }: { value: number; low: number; high: number },
  unit: string,
): AnswerValue =>
  Number.isFinite(value)
    ? { name, value, low: Number.isFinite(low) ? low : null, high: Number.isFinite(high) ? high : null, unit }
    : { name, value: null, low: null, high: null, unit, reason: 'not defined on these rows' }
