import type { Game } from './game.ts'

/** Ranks 1 to 4 of one player, 4 the best, at the outcomes (0,0), (0,1), (1,0), (1,1). */
type Ranks = readonly [number, number, number, number]

function permutations(values: readonly number[]): number[][] {
  if (values.length <= 1) return [[...values]]
  return values.flatMap((value, i) =>
    permutations([...values.slice(0, i), ...values.slice(i + 1)]).map(rest => [value, ...rest]),
  )
}

const swapRows = ([a, b, c, d]: Ranks): Ranks => [c, d, a, b]
const swapColumns = ([a, b, c, d]: Ranks): Ranks => [b, a, d, c]

/** All 24 x 24 pairs of strict rankings. */
export function strictRankings(): [Ranks, Ranks][] {
  const all = permutations([1, 2, 3, 4]) as unknown as Ranks[]
  return all.flatMap(first => all.map((second): [Ranks, Ranks] => [first, second]))
}

/** The same name for games that differ by the order of rows and columns only. */
export function nameOfClass(first: Ranks, second: Ranks): string {
  const forms = [(x: Ranks) => x, swapRows, swapColumns, (x: Ranks) => swapRows(swapColumns(x))]
  return forms.map(form => [...form(first), ...form(second)].join('')).sort()[0]!
}

/**
 * The 144 games of two players, two actions and strictly ordered outcomes (Rapoport and Guyer 1966; Robinson and Goforth
 * 2005, which tell the players apart): one of each class, named by its ranks.
 */
export function strictOrdinalGames(rounds: number): Game[] {
  const found = new Map<string, Game>()
  for (const [first, second] of strictRankings()) {
    const name = nameOfClass(first, second)
    const table = ([a, b, c, d]: Ranks) => [
      [a, b],
      [c, d],
    ]
    if (!found.has(name)) {
      found.set(name, { name, actions: [actions, actions], payoffs: [table(first), table(second)], rounds })
    }
  }
  return [...found.values()]
}

const actions = ['X', 'Y'] as const
