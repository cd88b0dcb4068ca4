import type { z } from 'zod'
import type { TableModel, TableSpec } from '../nn/index.ts'
import type { Study } from './study.ts'

export interface Paper {
  title: string
  venue: string
  year: number
  /** Where the authors' code lives, `owner/name` on GitHub or a page's name; absent when none was published. */
  code?: string
}

export type Family =
  'features' | 'explain' | 'graphs' | 'vision' | 'language' | 'generation' | 'bodies' | 'neurons' | 'agents'

/**
 * A data contract. `Spec` is what a system of the task is told about the data, `Model` what its `create` returns; both are
 * types only. `inputs` are the roles a user may give (`edges=FILE`), the first being the positional one.
 */
export interface Task<Spec = unknown, Model = unknown> {
  readonly name: string
  readonly inputs: readonly string[]
  readonly types?: (spec: Spec, model: Model) => void
}

const task = <Spec, Model>(name: string, ...inputs: string[]): Task<Spec, Model> => ({ name, inputs })

/** The tasks that systems exist for; a family adds its own here. */
export const tasks = {
  table: task<TableSpec, TableModel>('table', 'rows'),
  predictor: task<never, never>('predictor', 'predictor', 'rows'),
  agents: task<never, never>('agents', 'players'),
} as const

export interface TrainingDefaults {
  learningRate?: number
  epochs?: number
  patience?: number
  clipNorm?: number
  optimizer?: 'adam' | 'adagrad' | 'sgd' | 'ftrl'
  /** lambda of the penalty lambda / 2 ||w||^2 over whole embedding tables, and over all other weights. */
  embeddingRegularization?: number
  networkRegularization?: number
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any options schema
export type OptionsSchema = z.ZodObject<any>

/**
 * One published method as a member of the catalogue. With `create` the shared `fit` trains the model it returns; a method
 * that is not one network brings the verbs it answers instead.
 */
export interface System<Schema extends OptionsSchema = OptionsSchema, Spec = never, Model = unknown> {
  readonly name: string
  readonly family: Family
  /** What it learns or measures, one clause for the catalogue. */
  readonly summary: string
  /** Absent for a baseline that no paper stands for. */
  readonly paper?: Paper
  readonly task: Task<Spec, Model>
  /** Every hyperparameter, with description, range and default. */
  readonly options: Schema
  /** What this system wants of the shared training, where it differs from the shared defaults. */
  training?(options: z.output<Schema>): TrainingDefaults
  /** The model for data of this spec; throws `option/conflict` where options and data do not fit each other. */
  create?(options: z.output<Schema>, spec: Spec): Model
  readonly study: Study
}

/** Declares a system; option and spec types are inferred from the schema and the task. */
export const defineSystem = <Schema extends OptionsSchema, Spec, Model>(
  system: System<Schema, Spec, Model>,
): System<Schema, Spec, Model> => system

/** A system whose `create` gives a table model. */
export type TableSystem = System<OptionsSchema, TableSpec, TableModel>
