import type { Game } from '../../../data/index.ts'
import { meanInterval, type Estimate } from '../../../metrics/index.ts'
import { play, type Round } from './match.ts'
import { meansByPlace, type Taken } from './places.ts'
import { matchOf, type Match } from './played-match.ts'
import { playerNamed } from './players.ts'

export interface TournamentOptions {
  players: readonly string[]
  seeds: readonly number[]
  rounds?: number
  /** The first matches, where they were played before. */
  played?: readonly (readonly Round[])[]
  signal?: AbortSignal
  /** Told of each match when it ends; the next one waits for it. */
  onMatch?(match: Match, done: number, total: number): void | Promise<void>
}

/** Everyone against everyone, themselves included, in both seats, in every game. */
export async function tournament(games: readonly Game[], options: TournamentOptions): Promise<Match[]> {
  const { players, seeds, rounds, played = [], signal, onMatch } = options
  const total = games.length * players.length ** 2 * seeds.length
  const matches: Match[] = []
  for (const game of games) {
    const seats = players.map(name => playerNamed(name, game.name))
    for (const first of seats) {
      for (const second of seats) {
        for (const seed of seeds) {
          const before = played[matches.length]
          const match = matchOf(game, seed, before ?? (await play(game, [first, second], { seed, rounds, signal })))
          matches.push(match)
          if (before === undefined) await onMatch?.(match, matches.length, total)
        }
      }
    }
  }
  return matches
}

export interface Standing extends Estimate {
  player: string
  /** Matches it played, those against itself counted for both seats. */
  matches: number
}

/** Mean normalised scores over all seats, best first. Seeds of the same seat are averaged before the interval is drawn. */
export function standings(matches: readonly Match[]): Standing[] {
  const found = new Map<string, Taken[]>()
  for (const match of matches) {
    match.seats.forEach(({ player }, at) => {
      const known = found.get(player)
      if (known) known.push({ match, at })
      else found.set(player, [{ match, at }])
    })
  }
  return [...found]
    .map(([player, own]) => ({
      player,
      matches: own.length,
      ...meanInterval(meansByPlace(own, ({ match, at }) => match.scores[at]!)),
    }))
    .sort((a, b) => b.value - a.value)
}

/** `grid[i][k]`: mean normalised score of player i in the first seat against player k. */
export function scoreGrid(matches: readonly Match[], players: readonly string[]): number[][] {
  return players.map(first =>
    players.map(second => {
      const own = matches.filter(({ rounds: [round] }) => round!.player1 === first && round!.player2 === second)
      return own.reduce((sum, { scores }) => sum + scores[0], 0) / own.length
    }),
  )
}
