import type { Game } from '../../../data/index.ts'
import type { Round } from './match.ts'
import { scoreOf } from './score.ts'
import { seatsOf, type PlayedSeat } from './seats.ts'

/** One match of a tournament: its rounds under the game's name, and what they come to. */
export interface Match {
  game: string
  family?: string
  seed: number
  rounds: readonly Round[]
  /** Normalised scores by seat: `scoreOf`. */
  scores: [number, number]
  seats: [PlayedSeat, PlayedSeat]
}

export const matchOf = (game: Game, seed: number, rounds: readonly Round[]): Match => ({
  game: game.name,
  ...(game.family ? { family: game.family } : {}),
  seed,
  rounds,
  scores: [scoreOf(game, rounds, 0), scoreOf(game, rounds, 1)],
  seats: seatsOf(game, rounds),
})
