import type { SetValues } from '../exact.ts'
import type { CachedGame } from '../game.ts'
import type { IndexName } from '../indices.ts'

export interface EstimateOptions {
  index: IndexName
  /** Largest set that gets a value. */
  order: number
  /** Coalitions to evaluate, at most. */
  budget: number
  seed: number
  signal?: AbortSignal
}

/** An index with the standard error of each value; 0 where it is exact. */
export interface IndexEstimate extends SetValues {
  standardErrors: Float64Array
}

export type Estimator = (game: CachedGame, options: EstimateOptions) => Promise<IndexEstimate>
