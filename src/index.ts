export { InterplayError, isInterplayError } from './errors/index.ts'
export { defineSystem, tasks, z } from './system/index.ts'
export { functionPredictor } from './lenses/index.ts'
export {
  explain,
  fit,
  languageModelAt,
  leaderboard,
  listSystems,
  open,
  predict,
  rank,
  search,
  serve,
  talk,
  version,
} from './verbs/index.ts'
