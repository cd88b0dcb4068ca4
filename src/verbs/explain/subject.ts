import type { Columns, Labels, Predictor } from '../../lenses/index.ts'
import type { TargetSpec } from '../../nn/index.ts'

/** What is explained: a predictor with rows to explain it on. */
export interface Subject {
  /** The predictor as the user called it. */
  name: string
  /** The data as the user called them. */
  data: string
  predictor: Predictor
  /** The rows: test rows of a run, or all rows given. */
  rows: Columns
  /** The number of each row in its source, from 1. */
  rowNumbers: Int32Array
  /** Rows of the whole source. */
  total: number
  /** A row by its number in the source, whichever split it is in. */
  row(number: number): Float64Array | undefined
  labels?: Labels
  /** What the target was in a row by its number, where that is known. */
  label?(number: number): number | undefined
  /** What is answered, where the model says. */
  target?: TargetSpec
  /** A cell of a numeric field in the field's own unit, where it is scaled. */
  inUnit?(field: number, value: number): number
  /** Which output is looked at, and what its numbers are. */
  output: number
  units: string
  /** The words for a cell. */
  text(field: number, value: number): string
  /** Fields whose cells are lists: they have no axis. */
  lists: ReadonlySet<number>
  /** Hash of the model, where it is a file. */
  model?: string
  notes: string[]
  close(): Promise<void>
}
