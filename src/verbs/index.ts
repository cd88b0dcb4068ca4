export { benchEncoding, type EncodingDocument } from './bench-encoding.ts'
export {
  getDataset,
  listDatasets,
  showTable,
  verifyDataset,
  type DatasetRow,
  type DatasetsDocument,
  type ShownDocument,
  type VerifiedDocument,
} from './data.ts'
export { languageModelAt, type LanguageModelOptions } from './ask/language-model-at.ts'
export { talk, type AskDocument, type Talk, type TalkOptions } from './ask/ask.ts'
export { explain, type ExplainAnswer, type ExplainCallOptions } from './explain/api.ts'
export { explainPredictor, type ExplainDocument, type ExplainOptions } from './explain/explain.ts'
export { fitSystem, planSystem, type SystemFitDocument, type SystemFitOptions, type SystemPlan } from './fit-system.ts'
export { fitTable, type FitDocument, type FitEvent, type FitOptions, type FitOutcome } from './fit.ts'
export type { FitPlan } from './plan.ts'
export { fit, type Run, type RunOptions, type RunProgress } from './run.ts'
export {
  leaderboard,
  planLeaderboard,
  type LeaderboardDocument,
  type LeaderboardOptions,
  type LeaderboardPlan,
} from './leaderboard.ts'
export { open, openBundle, servedModel } from './open.ts'
export { predict, type PredictDocument, type PredictOptions } from './predict.ts'
export { predictByRun, predictBySystem, type SystemPredictOptions } from './predict-system.ts'
export type { StudyPlan } from './study.ts'
export { serve } from './serve.ts'
export { speed, type HeapGrowth, type SpeedDocument, type SpeedOptions, type SpeedRow, type Spread } from './speed.ts'
export { planSearch, type SearchPlan } from './search-plan.ts'
export { search, type SearchCandidate, type SearchDocument, type SearchOptions } from './search.ts'
export { rank, type RankedRow, type RankOptions, type RankResult } from './rank.ts'
export { describeSystem, listSystems, type SystemDocument, type SystemRow, type SystemsDocument } from './systems.ts'
export { tournament, type TournamentDocument, type TournamentOptions } from './tournament.ts'
export { version } from './version.ts'
