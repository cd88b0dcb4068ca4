export { InterplayError, isInterplayError } from './errors/index.ts'
export { defineSystem, tasks, z } from './system/index.ts'
export { fit, leaderboard, listSystems, open, predict, serve, version } from './verbs/index.ts'
