import { readGames, type Game } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import { describeGame, type GameDescription } from '../systems/agents/repeated-games/description.ts'
import { playerNamed } from '../systems/agents/repeated-games/players.ts'
import { profiles, type Profile } from '../systems/agents/repeated-games/profiles.ts'
import { paysBelowZero } from '../systems/agents/repeated-games/score.ts'
import {
  scoreGrid,
  standings,
  tournament as playAll,
  type Standing,
} from '../systems/agents/repeated-games/tournament.ts'
import { KeptMatches } from './kept-matches.ts'
import { checkRoundsFile, writeRounds } from './rounds-file.ts'
import { version } from './version.ts'

export interface TournamentOptions {
  players: readonly string[]
  /** How many seeds, from `seed` on. */
  seeds?: number
  seed?: number
  /** Instead of each game's own. */
  rounds?: number
  /** A table file for every round played; matches are kept beside it as they end. */
  out?: string
  /** Goes on behind the matches that a stopped tournament kept beside `out`. */
  resume?: boolean
  signal?: AbortSignal
  onProgress?: (done: number, total: number) => void
}

export interface TournamentDocument {
  schema: 'interplay.tournament/1'
  interplay: string
  command: 'bench tournament'
  seconds: number
  warnings: never[]
  input: string
  games: number
  matches: number
  rounds: number
  /** Games with payoffs below 0: there a score runs from the least payoff to the most, not from 0. */
  gamesBelowZero: number
  out: string | null
  /** Mean of total / (rounds x most a player may get), best first. */
  standings: Standing[]
  /** How each of them played. */
  profiles: Profile[]
  players: string[]
  /** `grid[i][k]`: the same mean of player i, in the first seat, against player k. */
  grid: number[][]
  /** The same mean by family of games, where games have one. */
  families: { family: string; standings: Standing[] }[]
  /** What game theory says of each game. */
  theory: GameDescription[]
}

/**
 * Everyone plays everyone, themselves included, in both seats, in every game of the input.
 * @throws InterplayError `option/invalid`, and what reading games, playing them and going on with a stopped tournament throws
 */
export async function tournament(input: string, options: TournamentOptions): Promise<TournamentDocument> {
  const started = performance.now()
  const { players, seeds: count = 3, seed = 1, rounds, out, resume, signal, onProgress } = options
  if (out !== undefined) checkRoundsFile(out)
  const games = await readGames(input, { seed, signal })
  if (games.length === 0) throw new InterplayError('data/empty', `'${input}' holds no game`)
  checkPlayers(players, games)
  const seeds = Array.from({ length: count }, (_, s) => seed + s)
  const kept = out === undefined ? undefined : await KeptMatches.open(out, { players, games, seeds, rounds }, resume)
  const matches = await playAll(games, {
    players,
    seeds,
    rounds,
    played: kept?.played,
    signal,
    onMatch: async (match, done, total) => {
      await kept?.keep(match.rounds)
      onProgress?.(done, total)
    },
  })
  if (out !== undefined) await writeRounds(out, matches)
  await kept?.discard()
  const families = [...new Set(matches.flatMap(({ family }) => family ?? []))]
  const ranked = standings(matches)
  const order = ranked.map(({ player }) => player)
  return {
    schema: 'interplay.tournament/1',
    interplay: version,
    command: 'bench tournament',
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    input,
    games: games.length,
    matches: matches.length,
    rounds: matches.reduce((sum, match) => sum + match.rounds.length, 0),
    gamesBelowZero: games.filter(paysBelowZero).length,
    out: out ?? null,
    standings: ranked,
    profiles: profiles(matches, order),
    players: order,
    grid: scoreGrid(matches, order),
    families: families.map(family => ({
      family,
      standings: standings(matches.filter(match => match.family === family)),
    })),
    theory: games.map(describeGame),
  }
}

/** Players by the names that their rows will have: `level` and `level:1` are the same. Throws `option/invalid`. */
function checkPlayers(players: readonly string[], games: readonly Game[]): void {
  const names = players.map(player => playerNamed(player, games[0]!.name).name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (players.length > 0 && twice === undefined) return
  throw new InterplayError('option/invalid', twice ? `players names '${twice}' twice` : 'a tournament needs players', {
    where: '--players',
    try: '--players tft,grim,f',
  })
}
