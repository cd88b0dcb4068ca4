export { goldenCases, tableParity, type GoldenCase, type Parity } from './parity.ts'
export { protocolRun, type ProtocolResult, type ProtocolRunOptions } from './protocol-run.ts'
export { runStudy, type StudyOptions } from './run-study.ts'
