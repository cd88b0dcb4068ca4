import { readGames } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import {
  scoreGrid,
  standings,
  tournament as playAll,
  type Standing,
} from '../systems/agents/repeated-games/tournament.ts'
import { tableFile } from './answers-out.ts'
import { version } from './version.ts'

export interface TournamentOptions {
  players: readonly string[]
  /** How many seeds, from `seed` on. */
  seeds?: number
  seed?: number
  /** Instead of each game's own. */
  rounds?: number
  /** A table file for every round played. */
  out?: string
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
  out: string | null
  /** Mean of total / (rounds x most a player may get), best first. */
  standings: Standing[]
  players: string[]
  /** `grid[i][k]`: the same mean of player i, in the first seat, against player k. */
  grid: number[][]
  /** The same mean by family of games, where games have one. */
  families: { family: string; standings: Standing[] }[]
}

/**
 * Everyone plays everyone, themselves included, in both seats, in every game of the input.
 * @throws InterplayError `option/invalid`, and what reading games and playing them throws
 */
export async function tournament(input: string, options: TournamentOptions): Promise<TournamentDocument> {
  const started = performance.now()
  const { players, seeds = 3, seed = 1, rounds, out, signal, onProgress } = options
  const twice = players.find((name, i) => players.indexOf(name) < i)
  if (players.length === 0 || twice !== undefined) {
    throw new InterplayError(
      'option/invalid',
      twice ? `players names '${twice}' twice` : 'a tournament needs players',
      {
        where: '--players',
        try: '--players tft,grim,f',
      },
    )
  }
  const games = await readGames(input, { seed, signal })
  const matches = await playAll(games, {
    players,
    seeds: Array.from({ length: seeds }, (_, s) => seed + s),
    rounds,
    signal,
    onMatch: onProgress,
  })
  const records = matches.flatMap(match =>
    match.rounds.map(round => ({ game_name: match.game, seed: match.seed, ...round })),
  )
  if (out !== undefined) await writeRounds(out, records)
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
    rounds: records.length,
    out: out ?? null,
    standings: ranked,
    players: order,
    grid: scoreGrid(matches, order),
    families: families.map(family => ({
      family,
      standings: standings(matches.filter(match => match.family === family)),
    })),
  }
}

async function writeRounds(out: string, records: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const names = Object.keys(records[0]!)
  const text = (name: string) => typeof records[0]![name] === 'string'
  const sink = await tableFile(
    out,
    names.map(name => ({ name, text: text(name) })),
  )
  await sink.write(
    Int32Array.from(records, (_, row) => row + 1),
    names.map(name => ({ name, value: (row: number) => records[row]![name] })),
  )
  await sink.end()
}
