import type { ServedField } from '../../server/inference/model.ts'
import type { FitProgress, Prediction } from '../index.ts'
import type { Fault } from './fault.ts'

export type Row = Record<string, string>

export interface FitRequest {
  kind: 'fit'
  name: string
  /** In the order of the header. */
  fields: readonly string[]
  rows: readonly Row[]
  target: string
  system: string
  epochs: number
  seed: number
}

/** To the worker that trains. */
export type Request = FitRequest | { kind: 'stop' } | { kind: 'predict'; row: Row } | { kind: 'bundle' }

/** What was learned, as the page shows it. */
export interface Learned {
  kind: 'learned'
  system: string
  target: string
  stopped: string
  epochs: number
  best: number
  parameters: number
  seconds: number
  rows: { train: number; valid: number; test: number }
  metrics: { title: string; inTargetUnits?: boolean; value: number; low?: number; high?: number }[]
  fields: ServedField[]
  /** The class whose probability is told, of a target of two. */
  positive?: string
  /** The first row, values of categories as the model tells them apart. */
  example: Row
}

/** What is learned; of a value its deviation over the training rows, in which losses are measured. */
export interface LearnedTarget {
  name: string
  deviation?: number
}

/** The rows as they are parted, and what is to be known of them before a model is trusted. */
export interface Prepared {
  kind: 'prepared'
  target: LearnedTarget
  rows: { train: number; valid: number; test: number }
  warnings: string[]
}

/** From the worker. */
export type Reply =
  | Prepared
  | { kind: 'progress'; progress: FitProgress }
  | Learned
  | { kind: 'answer'; prediction: Prediction }
  | { kind: 'bundle'; files: Record<string, Uint8Array | string> }
  | { kind: 'failed'; asked: Request['kind']; fault: Fault }
