import { InterplayError } from '../../errors/index.ts'
import { throttle } from '../progress.ts'
import type { Estimator, IndexEstimate } from './estimators/estimate.ts'
import { permutation } from './estimators/permutation.ts'
import { proxy } from './estimators/proxy.ts'
import { regression } from './estimators/regression.ts'
import { shapIq, stratified } from './estimators/weighted.ts'
import { exactIndex } from './exact.ts'
import { allValues, CachedGame, mostExactPlayers, type Game } from './game.ts'
import { sizesOf, type IndexName } from './indices.ts'

/** Ways to estimate an index of a game too large for all its coalitions. */
export const estimators = { permutation, 'shap-iq': shapIq, stratified, regression, proxy } satisfies Record<
  string,
  Estimator
>

export type EstimatorName = keyof typeof estimators

export interface IndexOptions {
  index?: IndexName
  /** Largest set that gets a value. */
  order?: number
  /** Distinct coalitions to evaluate, at most. All of them, and so exact, where there are no more. */
  budget?: number
  estimator?: EstimatorName
  /** Stops early once every 95% interval is at most this far from its value. */
  tolerance?: number
  seed?: number
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

export interface GameIndex extends IndexEstimate {
  players: readonly string[]
  index: IndexName
  order: number
  /** v(empty) and v(N). */
  baseline: number
  full: number
  exact: boolean
  estimator: EstimatorName | 'exact'
  /** Distinct coalitions evaluated. */
  calls: number
  seconds: number
  seed: number
}

const z95 = 1.959963984540054

/**
 * An interaction index of a game: exact where the budget covers all 2^n coalitions, else estimated with standard errors.
 *
 * @throws InterplayError `option/invalid` for an order or budget that makes no sense, `predictor/answer`
 */
export async function computeIndex(game: Game, options: IndexOptions = {}): Promise<GameIndex> {
  const { index = 'SII', budget = 20_000, estimator = 'proxy', seed = 1, tolerance, signal } = options
  const players = game.players.length
  const asked = options.order ?? 2
  if (!Number.isInteger(asked) || asked < 1)
    throw new InterplayError('option/invalid', `order must be an integer >= 1, got '${asked}'`)
  if (players === 0) throw new InterplayError('data/empty', 'an interaction index needs players, got none')
  const order = sizesOf(index, Math.min(asked, players))[1]
  const least = 2 * (players + 1)
  if (players > 1 && budget < Math.min(least, 2 ** players))
    throw new InterplayError(
      'option/invalid',
      `budget must be at least ${least} for ${players} players, got '${budget}'`,
    )

  const began = performance.now()
  const cached = new CachedGame(game)
  const common = { players: game.players, index, order, seed }
  const finish = (estimate: IndexEstimate, how: EstimatorName | 'exact', ends: Float64Array): GameIndex => {
    const seconds = (performance.now() - began) / 1000
    const facts = {
      exact: how === 'exact',
      estimator: how,
      baseline: ends[0]!,
      full: ends[1]!,
      calls: cached.calls,
      seconds,
    }
    return { ...estimate, ...common, ...facts }
  }
  if (players <= mostExactPlayers && 2 ** players <= budget) {
    const values = await allValues(cached, signal)
    const { sets, values: exact } = exactIndex(values, index, order)
    const standardErrors = new Float64Array(exact.length)
    return finish({ sets, values: exact, standardErrors }, 'exact', Float64Array.of(values[0]!, values.at(-1)!))
  }
  const progress = throttle(options.onProgress)
  let estimate: IndexEstimate
  let spend = tolerance === undefined ? budget : Math.min(budget, Math.max(4 * least, Math.ceil(budget / 16)))
  for (;;) {
    estimate = await estimators[estimator](cached, { index, order, budget: spend, seed, signal })
    progress({ done: cached.calls, total: budget })
    const widest = z95 * estimate.standardErrors.reduce((most, error) => Math.max(most, error), 0)
    if (spend >= budget || (tolerance !== undefined && widest <= tolerance)) break
    spend = Math.min(budget, 2 * spend)
  }
  return finish(estimate, estimator, await cached.evaluate(ends(players), signal))
}

/** The empty and the full coalition. */
function ends(players: number): Uint32Array {
  const words = Math.max(1, Math.ceil(players / 32))
  const rows = new Uint32Array(2 * words)
  for (let p = 0; p < players; p++) rows[words + (p >> 5)]! |= 1 << (p & 31)
  return rows
}
