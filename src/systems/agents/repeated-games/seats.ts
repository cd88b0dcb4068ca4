import type { Game } from '../../../data/index.ts'
import type { Seat } from './behaviour.ts'
import { viewOf, type Round } from './match.ts'

/** A match as one seat played it: the rounds that count, and how often it foresaw the other's move. */
export interface PlayedSeat extends Seat {
  player: string
  /** Rounds in which this player's own answer could not be read. */
  unreadable: number
  /** Predictions of rounds that count, and those that came true. */
  predictions: number
  foreseen: number
}

/** Both seats of a match that was played. */
export const seatsOf = (game: Game, rounds: readonly Round[]): [PlayedSeat, PlayedSeat] => {
  const counted = rounds.filter(({ points1 }) => points1 !== null)
  const moves: [number[], number[]] = [
    counted.map(({ answer1 }) => game.actions[0].indexOf(answer1!)),
    counted.map(({ answer2 }) => game.actions[1].indexOf(answer2!)),
  ]
  const playedIn = counted.map(({ round }) => round)
  const view = (seat: number) => viewOf(game, seat, rounds.length, rounds.length, moves, playedIn)
  return [
    {
      ...view(0),
      player: rounds[0]!.player1,
      unreadable: rounds.filter(({ answer1 }) => answer1 === null).length,
      ...score(counted.map(({ prediction1, answer2 }) => [prediction1, answer2])),
    },
    {
      ...view(1),
      player: rounds[0]!.player2,
      unreadable: rounds.filter(({ answer2 }) => answer2 === null).length,
      ...score(counted.map(({ prediction2, answer1 }) => [prediction2, answer1])),
    },
  ]
}

/** How many predictions there are, and how many came true; one that could not be read is none. */
function score(pairs: readonly (readonly [prediction: string | null | undefined, answer: string | null])[]) {
  const made = pairs.filter(([prediction]) => prediction != null)
  return { predictions: made.length, foreseen: made.filter(([prediction, answer]) => prediction === answer).length }
}
