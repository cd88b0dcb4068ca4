import type { Match } from './played-match.ts'

/** A seat of a match of a tournament. */
export interface Taken {
  match: Match
  /** 0 the first seat, 1 the second. */
  at: number
}

/**
 * The mean over the seeds of each place: a seat of a pair in a game. Where nobody draws by chance seeds are one match
 * played several times, so that an interval may count places and not matches.
 */
export function meansByPlace<T extends Taken>(taken: readonly T[], valueOf: (one: T) => number): number[] {
  const places = new Map<string, number[]>()
  for (const one of taken) {
    const { player1, player2 } = one.match.rounds[0]!
    const place = JSON.stringify([one.match.game, player1, player2, one.at])
    const known = places.get(place)
    if (known) known.push(valueOf(one))
    else places.set(place, [valueOf(one)])
  }
  return [...places.values()].map(list => list.reduce((sum, value) => sum + value, 0) / list.length)
}
