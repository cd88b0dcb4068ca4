import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { InterplayError, suggest } from '../../errors/index.ts'
import { textRows } from '../table/text-rows.ts'
import { worldNamed } from '../worlds/index.ts'
import { checkGame, type Game } from './game.ts'
import { strictOrdinalGames } from './ordinal.ts'

const fileSchema = z.object({
  name: z.string(),
  family: z.string().optional(),
  actions: z.tuple([z.array(z.string()), z.array(z.string())]),
  payoffs: z.tuple([z.array(z.array(z.number())), z.array(z.array(z.number()))]),
  rounds: z.number().int().default(10),
})

/** Rounds of a game whose source does not say. */
const usualRounds = 10

/**
 * Games to play: `world:NAME`; `data:games`, the 144 strictly ordinal ones; a JSON file of one game or a list; or a CSV
 * file with a game a row and its payoffs in columns r1_c1_p1 to r2_c2_p2 (`game_name`, `game_family` besides).
 * @throws InterplayError `data/not-found`, `data/corrupt`, `data/unknown-field`, and what `checkGame` throws
 */
export async function readGames(
  input: string,
  { seed = 1, signal }: { seed?: number; signal?: AbortSignal } = {},
): Promise<Game[]> {
  const games = await gamesOf(input, seed, signal)
  for (const game of games) checkGame(game)
  return games
}

async function gamesOf(input: string, seed: number, signal?: AbortSignal): Promise<Game[]> {
  if (input === 'data:games') return strictOrdinalGames(usualRounds)
  if (input.startsWith('world:')) {
    const world = worldNamed(input)
    if (world.task === 'agents') return [world.make({ seed }) as Game]
    throw new InterplayError('usage/wrong-task', `${input} makes ${world.task} data, not a game`, {
      try: 'world:dilemma',
    })
  }
  return input.endsWith('.json') ? fromJson(input) : fromTable(input, signal)
}

/** One game, for a match. */
export async function readGame({
  inputs,
  seed,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  seed: number
  signal?: AbortSignal
}): Promise<Game> {
  const input = inputs.game!
  const games = await readGames(input, { seed, signal })
  if (games.length === 1) return games[0]!
  throw new InterplayError('usage/too-many-inputs', `'${input}' holds ${games.length} games, a match takes one`, {
    try: `interplay bench tournament ${input} --players tft,grim`,
  })
}

async function fromJson(path: string): Promise<Game[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new InterplayError('data/not-found', `no file '${path}'`)
  })
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? z.array(fileSchema).parse(value) : [fileSchema.parse(value)]) satisfies Game[]
  } catch (error) {
    const why =
      error instanceof z.ZodError ? error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`) : []
    throw new InterplayError('data/corrupt', `'${path}' is not a game: ${why.join('; ') || (error as Error).message}`, {
      why: 'a game has name, actions (two lists of names), payoffs (a table a player) and rounds',
    })
  }
}

async function fromTable(path: string, signal?: AbortSignal): Promise<Game[]> {
  const { columns, rows } = await textRows(path, 8, signal)
  const cell = (row: Record<string, string | null>, at: number, r: number, c: number, player: number): number => {
    const name = `r${r}_c${c}_p${player}`
    if (!columns.includes(name)) {
      throw new InterplayError('data/unknown-field', `${path} has no field '${name}'`, {
        why: `nearest: ${suggest(name, columns).join(', ')}`,
      })
    }
    const value = Number(row[name] ?? Number.NaN)
    if (Number.isFinite(value)) return value
    throw new InterplayError('data/not-finite', `'${path}' row ${at + 1}: ${name} is '${row[name] ?? ''}'`)
  }
  return rows.map((row, at) => {
    const table = (player: number) => [1, 2].map(r => [1, 2].map(c => cell(row, at, r, c, player)))
    return {
      name: row.game_name ?? `game ${at + 1}`,
      ...(row.game_family ? { family: row.game_family } : {}),
      actions: [
        ['X', 'Y'],
        ['X', 'Y'],
      ],
      payoffs: [table(1), table(2)],
      rounds: usualRounds,
    }
  })
}
