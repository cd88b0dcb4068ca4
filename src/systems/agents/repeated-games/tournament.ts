import type { Game } from '../../../data/index.ts'
import { meanInterval, type Estimate } from '../../../metrics/index.ts'
import { play, type Round } from './match.ts'
import { playerNamed } from './players.ts'

export interface TournamentOptions {
  players: readonly string[]
  seeds: readonly number[]
  rounds?: number
  signal?: AbortSignal
  onMatch?(done: number, total: number): void
}

/** One match of a tournament: its rounds under the game's name. */
export interface Match {
  game: string
  family?: string
  seed: number
  rounds: Round[]
  /** Total over rounds times the most a player can get in a round, by seat; from 0 where no payoff is below 0. */
  scores: [number, number]
}

/** Everyone against everyone, themselves included, in both seats, in every game. */
export async function tournament(games: readonly Game[], options: TournamentOptions): Promise<Match[]> {
  const { players, seeds, rounds, signal, onMatch } = options
  const total = games.length * players.length ** 2 * seeds.length
  const matches: Match[] = []
  for (const game of games) {
    const seats = players.map(name => playerNamed(name, game.name))
    for (const first of seats) {
      for (const second of seats) {
        for (const seed of seeds) {
          const played = await play(game, [first, second], { seed, rounds, signal })
          const scores = game.payoffs.map((table, seat) => {
            const most = played.length * Math.max(...table.flat())
            return (seat === 0 ? played.at(-1)!.total1 : played.at(-1)!.total2) / most
          }) as [number, number]
          matches.push({
            game: game.name,
            ...(game.family ? { family: game.family } : {}),
            seed,
            rounds: played,
            scores,
          })
          onMatch?.(matches.length, total)
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

/**
 * Mean normalised scores over all seats, best first. Seeds of the same seat are averaged before the interval is drawn:
 * where nobody draws by chance they are one match played several times.
 */
export function standings(matches: readonly Match[]): Standing[] {
  const found = new Map<string, Map<string, number[]>>()
  for (const { game, rounds, scores } of matches) {
    const { player1, player2 } = rounds[0]!
    for (const [seat, player] of [player1, player2].entries()) {
      const own = found.get(player) ?? new Map<string, number[]>()
      const place = `${game} ${player1} ${player2} ${seat}`
      own.set(place, [...(own.get(place) ?? []), scores[seat]!])
      found.set(player, own)
    }
  }
  const mean = (list: readonly number[]) => list.reduce((sum, score) => sum + score, 0) / list.length
  return [...found]
    .map(([player, own]) => {
      const places = [...own.values()]
      return { player, matches: places.flat().length, ...meanInterval(places.map(mean)) }
    })
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
