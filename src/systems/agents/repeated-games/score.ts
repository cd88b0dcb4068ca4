import type { Game } from '../../../data/index.ts'
import type { Round } from './match.ts'

/** Points that a seat may get: the most, and the least, which is 0 where no payoff is below. */
const rangeOf = (game: Game, seat: number): { least: number; most: number } => {
  const all = game.payoffs[seat]!.flat()
  return { least: Math.min(0, ...all), most: Math.max(...all) }
}

/** Whether scores of a game begin at its least payoff and not at 0. */
export const paysBelowZero = (game: Game): boolean => [0, 1].some(seat => rangeOf(game, seat).least < 0)

/**
 * How far the points a round of a seat lie from the least to the most there were to get: total over rounds times the most
 * where no payoff is below 0. A round without points counts as the least; where nothing is to be had, the score is 1.
 */
export function scoreOf(game: Game, rounds: readonly Round[], seat: 0 | 1): number {
  const { least, most } = rangeOf(game, seat)
  if (most === least) return 1
  const points = rounds.map(round => (seat === 0 ? round.points1 : round.points2) ?? least)
  return (points.reduce((sum, own) => sum + own, 0) / rounds.length - least) / (most - least)
}
