export { z } from 'zod'
export { describeOptions, option, parseOptions, type OptionRow } from './options.ts'
export {
  defineStudy,
  type Claim,
  type ClaimStatement,
  type Figure,
  type Settlement,
  type Study,
  type StudyContext,
  type StudyResult,
  type StudyTable,
} from './study.ts'
export {
  defineSystem,
  verbsOf,
  type AnySystem,
  type Choosable,
  type Family,
  type OptionsSchema,
  type Paper,
  type System,
  type TableSystem,
  type TrainingDefaults,
} from './system.ts'
export type { LearnContext, LearnedTable, LearningRound, SearchOutcome, TableAnswerer } from './learned.ts'
export { tasks, type Task, type TaskInputs, type TaskTypes } from './task.ts'
export type { KeptTexts, OwnView, OwnViewOptions, TrainedTable } from './own-view.ts'
export { importedNetwork, type Network, type NetworkData } from './network.ts'
export type { Columns, LabelledRows, Predictor, PredictorField, PredictorOutput } from './predictor.ts'
export type {
  Answer,
  Attached,
  Candidate,
  Checkpoint,
  Explanation,
  Finding,
  Fitted,
  GivenRun,
  Ranked,
  Ranking,
  RowAnswerer,
  Computing,
  RunContext,
  Saved,
  SearchResult,
  VerbProgress,
} from './verbs.ts'
export { parseProtocol, type Protocol, type ProtocolRow } from './protocol.ts'
