import type { z } from 'zod'
import type { TableModel, TableSpec } from '../nn/index.ts'
import type { EncodedTable, PreparedTable } from '../data/index.ts'
import type { LearnContext, LearnedTable } from './learned.ts'
import type { KeptTexts, OwnView, OwnViewOptions, TrainedTable } from './own-view.ts'
import type { Study } from './study.ts'
import type { Task, TaskTypes } from './task.ts'
import type { Answer, Explanation, Fitted, GivenRun, Ranking, RunContext, Saved } from './verbs.ts'

export interface Paper {
  title: string
  venue: string
  year: number
  /** Where the authors' code lives, `owner/name` on GitHub or a page's name; absent when none was published. */
  code?: string
}

export type Family =
  'features' | 'explain' | 'graphs' | 'vision' | 'language' | 'generation' | 'bodies' | 'neurons' | 'agents'

/** Parts of a table model that a search chooses among. */
export type Choosable = 'features' | 'interactions' | 'dimensions'

export interface TrainingDefaults {
  learningRate?: number
  epochs?: number
  patience?: number
  /** What an epoch without a gain multiplies the learning rate by. */
  plateauFactor?: number
  clipNorm?: number
  /** Holds every element of the gradient within [-clipValue, clipValue]. */
  clipValue?: number
  optimizer?: 'adam' | 'adagrad' | 'sgd' | 'ftrl'
  /** lambda of the penalty lambda / 2 ||w||^2 over whole embedding tables, and over all other weights. */
  embeddingRegularization?: number
  networkRegularization?: number
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any options schema
export type OptionsSchema = z.ZodObject<any>

/**
 * One published method as a member of the catalogue. It answers the verbs it declares: with `create` the shared `fit`
 * trains the model it returns; a table method that is no network brings `learn`; any other that is not one network brings
 * `fit` and `load` of its own; where nothing is fitted it brings `explain`, `rank` or `predict`. Every verb throws `option/conflict` where options and data
 * do not fit each other, leaves its data as they were, and gives the same result for the same seed.
 */
export interface System<Schema extends OptionsSchema = OptionsSchema, Types extends TaskTypes = TaskTypes> {
  readonly name: string
  readonly family: Family
  /** What it learns or measures, one clause for the catalogue. */
  readonly summary: string
  /** Absent for a baseline that no paper stands for. */
  readonly paper?: Paper
  readonly task: Task<Types>
  /** Every hyperparameter, with description, range and default. */
  readonly options: Schema
  /** The world it is shown and checked on; by default the first of its task. */
  readonly world?: string
  /** Its networks are computed where `--device` says, though its verbs are its own. */
  readonly accelerated?: true
  /**
   * The smallest thing it can be shown on, where no world makes it: a network to look into, a predictor, a run to start from;
   * with options where its defaults take minutes.
   */
  example?(context: RunContext): Promise<{
    data: Types['data']
    subject?: Types['subject']
    from?: GivenRun
    options?: Readonly<Record<string, unknown>>
  }>
  readonly study: Study

  /**
   * What this system wants of the shared training, where it differs from the shared defaults. A system that learns by itself
   * declares it where it trains networks on its way: the flags of training are then its too.
   */
  training?(options: z.output<Schema>): TrainingDefaults
  /**
   * What is to be told of data before they are learned from with these options.
   * @throws InterplayError `data/*`, `option/conflict` where they cannot be
   */
  check?(data: Types['data'], options: z.output<Schema>): readonly string[]
  /** The model for data of this spec. */
  create?(options: z.output<Schema>, spec: Types['spec']): Types['model']

  /**
   * Learns a table by a procedure that is no gradient descent, on its training rows; the rest of `fit` is the shared one.
   * @throws InterplayError `option/conflict`, `data/target-constant`
   */
  learn?(data: Types['data'], options: z.output<Schema>, context: LearnContext): Promise<LearnedTable>
  /** What `learn` chooses on its way: `interplay search --for` finds it by that. */
  readonly chooses?: Choosable
  /** The most values `learn` comes to hold, and the most bytes it takes for it. */
  size?(options: z.output<Schema>, data: Types['data']): { parameters: number; bytes: number }

  /** What a trained model shows of itself, on some rows; shared code sets an ablation beside it. */
  view?(trained: TrainedTable, rows: EncodedTable, options: OwnViewOptions): Promise<OwnView>
  /** The same of a model that `learn` chose, from the texts its run kept. */
  viewKept?(kept: KeptTexts): Promise<OwnView>

  /** Learns by a procedure of its own. */
  fit?(data: Types['data'], options: z.output<Schema>, context: RunContext): Promise<Fitted<Types['data']>>
  /** Brings back what `Fitted.save` gave: predicts the same. */
  load?(saved: Saved, context: RunContext): Promise<Fitted<Types['data']>>
  /** What a run of this system adds to the predictions of another's, which takes it from `RunContext.with`. */
  attach?(saved: Saved, name: string): unknown

  /** Plays or generates: nothing is fitted. */
  predict?(data: Types['data'], options: z.output<Schema>, context: RunContext): Promise<Answer>
  /** Measures what a subject, or the data themselves, do. */
  explain?(
    subject: Types['subject'],
    data: Types['data'],
    options: z.output<Schema>,
    context: RunContext,
  ): Promise<Explanation>
  /** Orders fields, sets or models before anything is fitted. */
  rank?(data: Types['data'], options: z.output<Schema>, context: RunContext): Promise<Ranking>
}

/** Declares a system; the types of options, data, spec and model follow from the schema and the task. */
export const defineSystem = <Schema extends OptionsSchema, Types extends TaskTypes>(
  system: System<Schema, Types>,
): System<Schema, Types> => system

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its options and data are left open
export type AnySystem = System<OptionsSchema, any>

/** A system that fits a table: its `create` gives a table model, or it brings `learn`. */
export type TableSystem = System<OptionsSchema, { data: PreparedTable; spec: TableSpec; model: TableModel }>

const verbs = ['create', 'learn', 'fit', 'predict', 'explain', 'rank'] as const

/** The verbs a system answers, in the words of the command line: `create`, `learn` and `fit` are all `fit`. */
export const verbsOf = (system: AnySystem): string[] => [
  ...new Set([
    ...verbs
      .filter(verb => system[verb] !== undefined)
      .map(verb => (verb === 'create' || verb === 'learn' ? 'fit' : verb)),
    ...(system.chooses ? ['search'] : []),
  ]),
]
