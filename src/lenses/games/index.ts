export { computeIndex, estimators, type EstimatorName, type GameIndex, type IndexOptions } from './estimate.ts'
export { exactIndex, valueOf, type SetValues } from './exact.ts'
export { allValues, CachedGame, maskGame, wordsOf, type Game } from './game.ts'
export { indices, type IndexName } from './indices.ts'
