import type { ChartSpec } from '../charts/index.ts'
import type { InputFile, Warning } from '../data/index.ts'
import type { Device, HostTensor } from '../engine/index.ts'
import type { Figure, StudyTable } from './study.ts'

/** How far a verb has come. `values` are what is worth showing: a loss, a validation score. */
export interface VerbProgress {
  /** `epoch`, `round`, `candidate`. */
  stage: string
  done: number
  total: number
  values?: Readonly<Record<string, number>>
}

/** A finished run that another one builds on. */
export interface GivenRun {
  /** Its folder, or what it is called. */
  name: string
  system: string
  saved: Saved
}

/** What a run of another system adds to a prediction: what `attach` of that system gave. */
export interface Attached {
  name: string
  system: string
  part: unknown
}

/** Where a long training keeps how far it has come: bytes that take the place of those before. */
export interface Checkpoint {
  load(): Promise<Uint8Array | undefined>
  save(bytes: Uint8Array): Promise<void>
}

/** What every verb of a system is given beside data and options. */
export interface RunContext {
  readonly seed: number
  readonly threads: number
  /** Where tensors are computed, of a system that is `accelerated`; the processor unless said. */
  readonly device?: Device
  readonly signal?: AbortSignal
  /** A folder for what is kept beside the result (checkpoints, pictures); undefined where nothing is to be written. */
  readonly folder?: string
  /** The run that this one starts from (`--from`). */
  readonly from?: GivenRun
  /** What further runs add to the answers (`--with`). */
  readonly with?: readonly Attached[]
  /** How many answers an item is given, of a system that ranks them (`--top`). */
  readonly top?: number
  /** What an interrupted training goes on from. */
  readonly checkpoint?: Checkpoint
  progress(progress: VerbProgress): void
}

/** By what tensors are computed. */
export type Computing = Pick<RunContext, 'threads' | 'device'>

/** All that is needed to predict again: the shared code writes it to a run folder and reads it back. */
export interface Saved {
  /** What the tensors do not tell: sizes, vocabularies, options in force. JSON; `data` is handed to the task's reader. */
  description: Readonly<Record<string, unknown>> & { data?: Readonly<Record<string, unknown>> }
  /** Goes to `state.safetensors`. */
  tensors?: Readonly<Record<string, HostTensor>>
  /** An ONNX graph that answers by itself: goes to `model.onnx`. */
  model?: Uint8Array
}

/** Answers: a record an item (a node, an image, a body's step, a round), in the order of the data. */
export interface Answer {
  records: readonly Readonly<Record<string, unknown>>[]
  /** Pictures and the like, by file name. */
  files?: Readonly<Record<string, Uint8Array | string>>
  notes?: readonly string[]
}

/** Answers single rows, as a server asks for them, without files. */
export interface RowAnswerer {
  fields: readonly { name: string; type: 'numeric' | 'categorical'; required: boolean }[]
  /** What a row is answered with: a number. */
  output: string
  /**
   * An answer a row, in order; `low` and `high` are the ends of its 95% band.
   * @throws InterplayError `request/invalid` that names every faulty row and field
   */
  answer(rows: readonly Readonly<Record<string, unknown>>[]): Promise<{ value: number; low?: number; high?: number }[]>
}

/** What `fit` of a system's own returns. */
export interface Fitted<Data = unknown> {
  /** Scores by split, on items that were not learned from. */
  metrics?: { valid?: Readonly<Record<string, number>>; test?: Readonly<Record<string, number>> }
  /** Trained values. */
  parameters?: number
  notes?: readonly string[]
  /** What its report draws. */
  figures?: readonly ChartSpec[]
  predict(data: Data, context: RunContext): Promise<Answer>
  /** Where it can be served. */
  rows?: RowAnswerer
  save(): Saved | Promise<Saved>
  close?(): Promise<void>
}

/** One measured interaction or importance, as `explain --json` has it. */
export interface Finding {
  set: readonly string[]
  /** What was measured: an index, a lens's own quantity. */
  index: string
  value: number
  low?: number
  high?: number
  /** False where it was sampled. */
  exact?: boolean
  reason?: string
}

/** What `explain` returns. */
export interface Explanation {
  results: readonly Finding[]
  /** False where a budget ended it early. */
  complete: boolean
  /** What the values are in; `of the measure` where left out. */
  units?: string
  table?: StudyTable
  figures?: readonly Figure[]
  /** What was measured in full, by name: goes to `tensors.safetensors`. */
  tensors?: Readonly<Record<string, HostTensor>>
  notes?: readonly string[]
}

/** One line of `rank`: a field, a set of fields or a model. */
export interface Ranked {
  set: readonly string[]
  gain: number
  /** What chance alone reaches. */
  noise?: number
  /** Distinct values, of a set those that occur together. */
  values?: number
  /** Share of rows in which a value of the set is missing, in [0, 1]. */
  missing?: number
  flags?: readonly string[]
}

/** What `rank` returns, in its order. */
export interface Ranking {
  results: readonly Ranked[]
  /** Rows or items it rests on. */
  rows?: number
  /** What they were read from. */
  inputs?: readonly InputFile[]
  warnings?: readonly Warning[]
  notes?: readonly string[]
}

/** One of many among which a search chooses: its settings, validation scores and costs. */
export interface Candidate {
  /** What tells it from the others, in words. */
  name: string
  options: Readonly<Record<string, unknown>>
  metrics: Readonly<Record<string, number>>
  cost?: Readonly<Record<string, number>>
}

/** One choice among many; `best` indexes the candidates. */
export interface SearchResult {
  candidates: readonly Candidate[]
  best: number
  notes?: readonly string[]
}
