import type { EncodedTable } from '../../data/index.ts'
import type { Columns, Labels, MaskedModel, Predictor } from '../../lenses/index.ts'
import type { TargetSpec } from '../../nn/index.ts'
import type { KeptRun, OpenedRun } from './trained.ts'

/** The rows a run was learned from. */
export interface TrainingRows {
  train: EncodedTable
  /** What a row of these says: its label and its first cells. */
  says(table: EncodedTable, row: number): string
  /** The first logit of `query`'s rows after training again without rows of `train`, by their places. */
  retrained(left: ReadonlySet<number>, query: EncodedTable, signal?: AbortSignal): Promise<number[]>
}

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
  /** A row from outside, as its raw cells. Throws `request/invalid`. */
  cells?(row: Readonly<Record<string, unknown>>): Float64Array
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
  /** A logit of the network in the units of the answer. */
  toAnswer(logit: number): number
  /** The words for a cell. */
  text(field: number, value: number): string
  /** A numeric cell in the table's own unit, and back: the predictor may see it scaled. */
  toUnit(field: number, cell: number): number
  fromUnit(field: number, value: number): number
  /** Fields whose cells are lists: they have no axis. */
  lists: ReadonlySet<number>
  /** Hash of the model, where it is a file. */
  model?: string
  /** The system behind it and what its run kept; absent where only answers are to be had. */
  run?(): Promise<KeptRun>
  /** The network behind it with the rows, or one row by its number, as it reads them; absent where only answers are to be had. */
  open?(row?: number): Promise<OpenedRun>
  /** What a run was learned from; absent where only answers are to be had. */
  training?(): Promise<TrainingRows>
  /** The network with dials on its embeddings; absent where only answers are to be had. Close it. */
  turned?(): Promise<(MaskedModel & AsyncDisposable) | undefined>
  notes: string[]
  close(): Promise<void>
}
