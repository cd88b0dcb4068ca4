import type { ChartSpec } from '../../../charts/index.ts'
import type { Columns, Predictor } from '../../../lenses/index.ts'
import type { LensWords, Vocabulary } from './vocabulary.ts'

/** What a lens is asked. */
export interface LensAsked {
  /** One row, or the rows of a group, by their numbers; all where both are left out. */
  row?: number
  group?: readonly number[]
  fields: readonly string[]
  top: number
  /** Predictions to spend. */
  budget: number
  seed: number
  signal?: AbortSignal
}

/** What it showed. */
export interface LensShown {
  results: readonly {
    set: readonly string[]
    index: string
    value: number
    low?: number | null
    high?: number | null
    units?: string
    reason?: string
  }[]
  rows: number
  predictions: number
  units: string
  figures: readonly ChartSpec[]
  notes: readonly string[]
  /** False where its budget ended it. */
  complete: boolean
}

/** A lens that a conversation reaches. */
export interface TalkLens extends LensWords {
  /** One clause: what it measures. */
  summary: string
  look(asked: LensAsked): Promise<LensShown>
}

/** What a conversation is about: a predictor, rows to look at, and what they are called. Numbers are in their own units. */
export interface TalkSubject {
  /** The predictor as the user called it. */
  name: string
  vocabulary: Vocabulary
  /** Its fields are those of the vocabulary, in order. */
  predictor: Predictor
  /** Which output is looked at. */
  output: number
  /** What the numbers of that output are: `log-odds`. */
  units: string
  /** Rows that answers are over: those the model never learned from, where that is known. */
  rows: Columns
  /** What they are called: `test row`. */
  rowName: string
  /** The number of each in its source, from 1. */
  rowNumbers: Int32Array
  /** What the target was in each; 0 and 1 for a binary one. */
  labels?: Float64Array
  /** Any row of the source by its number. */
  row(number: number): { cells: Float64Array; label?: number } | undefined
  /** Those of the vocabulary's lenses. */
  lenses?: readonly TalkLens[]
  /** Sentences about the model and about the data. */
  about?: { model?: readonly string[]; data?: readonly string[] }
}
