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
  tasks,
  type Family,
  type OptionsSchema,
  type Paper,
  type System,
  type TableSystem,
  type Task,
  type TrainingDefaults,
} from './system.ts'
export { parseProtocol, type Protocol, type ProtocolRow } from './protocol.ts'
