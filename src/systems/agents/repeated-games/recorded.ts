import { join } from 'node:path'
import { textRows, type Game } from '../../../data/index.ts'

/** One recorded round; the unreadable answers that the authors write as -9999 points are null. */
export interface RecordedRound {
  game: string
  player1: string
  player2: string
  /** Indices of the actions. */
  moves: [number, number]
  points: [number | null, number | null]
  totals: [number, number]
}

type Cells = Readonly<Record<string, string | null>>

const pointsOf = (text: string | null | undefined): number | null => (Number(text) === -9999 ? null : Number(text))

/** `act_defect_once` is our `defect-once`. */
const nameOf = (player: string): string => player.replace(/^act_/, '').replaceAll('_', '-')

const roundOf = (row: Cells, labels: readonly (string | null | undefined)[], game: string): RecordedRound => ({
  game,
  player1: nameOf(row.player1!),
  player2: nameOf(row.player2!),
  moves: [labels.indexOf(row.answer1), labels.indexOf(row.answer2)],
  points: [pointsOf(row.points1), pointsOf(row.points2)],
  totals: [Number(row.total1), Number(row.total2)],
})

/** Rounds of the recorded play of one game, in files that name the actions J and F. */
export async function recordedRounds(folder: string, file: string, game: string): Promise<RecordedRound[]> {
  const { rows } = await textRows(join(folder, file), 9)
  return rows.map(row => roundOf(row, ['J', 'F'], game))
}

/** The 36,000 rounds of five models in the authors' 144 games. */
export async function recordedGames(folder: string): Promise<RecordedRound[]> {
  const { rows } = await textRows(join(folder, 'all_games.csv.gz'), 13)
  return rows.map(row => roundOf(row, [row.choice_option1, row.choice_option2], row.game_number!))
}

/** The authors' 144 games by number, ties and mistyped ranks as they have them. */
export async function recordedTable(folder: string): Promise<Map<string, Pick<Game, 'payoffs' | 'family'>>> {
  const { rows } = await textRows(join(folder, '144_games_info.csv'), 13)
  const table = (row: Cells, player: number) => [1, 2].map(r => [1, 2].map(c => Number(row[`r${r}_c${c}_p${player}`])))
  return new Map(
    rows.map(row => [row.game_number!, { family: row.game_family!, payoffs: [table(row, 1), table(row, 2)] as const }]),
  )
}

/** Rounds parted into matches of one length, in their order. */
export function matchesOf(rounds: readonly RecordedRound[], length: number): RecordedRound[][] {
  const matches: RecordedRound[][] = []
  for (let start = 0; start < rounds.length; start += length) matches.push(rounds.slice(start, start + length))
  return matches
}

/** How often payoffs by our function, or running totals, differ from what was recorded; `length` rounds a match. */
export function replayMismatches(
  rounds: readonly RecordedRound[],
  length: number,
  payoffsOf: (game: string) => Game['payoffs'],
): number {
  let mismatches = 0
  for (const match of matchesOf(rounds, length)) {
    const totals = [0, 0]
    for (const { game, moves, points, totals: recorded } of match) {
      payoffsOf(game).forEach((table, seat) => {
        const own = table[moves[0]]?.[moves[1]] ?? null
        totals[seat]! += own ?? 0
        if (own !== points[seat] || totals[seat] !== recorded[seat]) mismatches++
      })
    }
  }
  return mismatches
}

export interface People {
  points: number
  coordination: number
}

/** Means of people's rounds, by game and by whether the model they faced was prompted: `BoS Base`, `PD Prompted`. */
export async function people(folder: string): Promise<Map<string, People>> {
  const { rows } = await textRows(join(folder, 'human_repgames.csv.gz'), 7)
  const sums = new Map<string, { rounds: number; points: number; together: number }>()
  for (const row of rows) {
    const key = `${row.game} ${row.opponent}`
    const known = sums.get(key) ?? { rounds: 0, points: 0, together: 0 }
    known.rounds++
    known.points += Number(row.score)
    known.together += Number(row.coordination)
    sums.set(key, known)
  }
  return new Map(
    [...sums].map(([key, { rounds, points, together }]) => [
      key,
      { points: points / rounds, coordination: together / rounds },
    ]),
  )
}
