export { checkSystem, contractChecks, type ContractCheck } from './contract/index.ts'
export { categoricalSpec, distance, probe, randomIds, type Probe, type ProbeOptions } from './probe.ts'
export {
  goldenCases,
  largestDifference,
  relativeDifference,
  tableParity,
  type GoldenCase,
  type Parity,
} from './parity.ts'
export { readProtocol } from './protocol-file.ts'
export { aucText, meanAuc, protocolRows, protocolTable, type ProtocolRows } from './protocol-rows.ts'
export { protocolRun, type ProtocolResult, type ProtocolRunOptions } from './protocol-run.ts'
export { currentCommit, runStudy, type StudyDocument, type StudyOptions } from './run-study.ts'
export {
  moduleParity,
  moduleParitySettled,
  type Meaningful,
  type ModuleForward,
  type ModuleParity,
} from './module-parity.ts'
export { showRows } from './show-rows.ts'
export { noStages, stagedResult } from './stages.ts'
