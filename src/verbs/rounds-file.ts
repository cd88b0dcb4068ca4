import { extname } from 'node:path'
import { InterplayError } from '../errors/index.ts'
import type { Match } from '../systems/agents/repeated-games/played-match.ts'
import { tableFile } from './answers-out.ts'

/** Columns of a file of rounds, whoever played: the first are those of recorded play; empty where a player has none. */
const columns = [
  { name: 'game_name', text: true },
  { name: 'seed', text: false },
  { name: 'round', text: false },
  { name: 'player1', text: true },
  { name: 'player2', text: true },
  { name: 'answer1', text: true },
  { name: 'answer2', text: true },
  { name: 'points1', text: false },
  { name: 'points2', text: false },
  { name: 'total1', text: false },
  { name: 'total2', text: false },
  { name: 'raw1', text: true },
  { name: 'raw2', text: true },
  { name: 'prediction1', text: true },
  { name: 'prediction2', text: true },
  { name: 'rawPrediction1', text: true },
  { name: 'rawPrediction2', text: true },
  { name: 'order1', text: true },
  { name: 'order2', text: true },
]

/** @throws InterplayError `option/invalid` where no table can be written under this name: before the first round, not after the last */
export function checkRoundsFile(out: string): void {
  if (['.jsonl', '.ndjson', '.csv', '.tsv', '.parquet'].includes(extname(out).toLowerCase())) return
  throw new InterplayError('option/invalid', `out must end in .csv, .tsv, .parquet or .jsonl, got '${out}'`, {
    where: `--out ${out}`,
    try: '--out rounds.csv',
  })
}

/** Writes every round played as a table, by the ending of its name. */
export async function writeRounds(out: string, matches: readonly Match[]): Promise<void> {
  const records: Record<string, unknown>[] = matches.flatMap(({ game, seed, rounds }) =>
    rounds.map(round => ({ game_name: game, seed, ...round })),
  )
  await using sink = await tableFile(out, readable(out) ? columns.map(({ name }) => ({ name, text: true })) : columns)
  await sink.write(
    Int32Array.from(records, (_, row) => row + 1),
    columns.map(({ name }) => ({ name, value: (row: number) => records[row]![name] ?? null })),
  )
  await sink.end()
}

/** Files that people read take numbers as they are written, `8` and `2.5`: as a column of numbers they would be `8.0`. */
const readable = (out: string): boolean => ['.csv', '.tsv'].includes(extname(out).toLowerCase())
