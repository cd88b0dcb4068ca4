import { proportionInterval, type Estimate } from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'
import type { Player, View } from './player.ts'
import { deterministic } from './strategies.ts'

/** The moves of one match from one seat, as indices of actions. */
export type Seat = Omit<View, 'round' | 'rounds'>

/** How a match was played, seen from one seat. */
export interface Signature {
  /** Share of rounds in which both did the like. */
  coordination: number
  /** Share of rounds from the second on in which both switched and matched. */
  alternation: number
  /** Share of rounds in which the move was best against the other's frequencies over the match. */
  bestResponse: number
  /** What the best fixed action would have earned more, per round. */
  regret: number
  /** Share of first actions after the other's first defection; NaN without one. */
  forgiveness: number
}

export function signatureOf({ own, other, payoffs }: Pick<Seat, 'own' | 'other' | 'payoffs'>): Signature {
  const rounds = own.length
  const share = (count: number, of: number) => count / of
  const matched = own.filter((move, t) => move === other[t]).length
  const turns = own.filter(
    (move, t) => t > 0 && move === other[t] && move !== own[t - 1] && move !== other[t - 1],
  ).length
  const earned = own.reduce((sum, move, t) => sum + payoffs[move]![other[t]!]!, 0)
  const fixed = payoffs.map(row => other.reduce((sum, move) => sum + row[move]!, 0))
  const best = Math.max(...fixed)
  const struck = other.indexOf(1)
  const later = struck < 0 ? [] : own.slice(struck + 1)
  return {
    coordination: share(matched, rounds),
    alternation: share(turns, rounds - 1),
    bestResponse: share(own.filter(move => fixed[move] === best).length, rounds),
    regret: (best - earned) / rounds,
    forgiveness: share(later.filter(move => move === 0).length, later.length),
  }
}

/**
 * P(first action | own last, other's last) over matches of one player, by own last then other's last, with Wilson
 * intervals; NaN after what never happened.
 */
export function memoryOf(seats: readonly Pick<Seat, 'own' | 'other'>[]): Estimate[] {
  return [0, 1].flatMap(mine =>
    [0, 1].map(theirs => {
      const after = seats.flatMap(({ own, other }) =>
        own.slice(1).filter((_, t) => own[t] === mine && other[t] === theirs),
      )
      return proportionInterval(after.filter(move => move === 0).length, after.length)
    }),
  )
}

/** A rule that may have played a match, with how many moves speak against it. */
export interface Suspect {
  name: string
  misses: number
  logLikelihood: number
}

/**
 * The deterministic rules by how likely they make the moves, each move differing from the rule's with probability
 * `errorRate`; those first in the list that share its likelihood cannot be told apart by this match.
 */
export function identify(seat: Seat, errorRate = 0.02): { suspects: Suspect[]; indistinguishable: string[] } {
  const rounds = seat.own.length
  const suspects = deterministic
    .map(player => {
      const misses = seat.own.filter((move, t) => move !== ruled(player, seat, t)).length
      const logLikelihood = misses * Math.log(errorRate) + (rounds - misses) * Math.log(1 - errorRate)
      return { name: player.name, misses, logLikelihood }
    })
    .sort((a, b) => a.misses - b.misses)
  const alike = suspects.filter(({ misses }) => misses === suspects[0]!.misses).map(({ name }) => name)
  return { suspects, indistinguishable: alike.length > 1 ? alike : [] }
}

/** What a rule that draws nothing does in round t (from 0) of these moves. */
const ruled = (player: Player, seat: Seat, t: number): unknown =>
  player.choose(
    {
      ...seat,
      round: seat.playedIn[t]!,
      rounds: seat.own.length,
      own: seat.own.slice(0, t),
      other: seat.other.slice(0, t),
      playedIn: seat.playedIn.slice(0, t),
    },
    new Random(1, 'identify'),
  )
