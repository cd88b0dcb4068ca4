import type { Game } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { Random } from '../../../random/index.ts'
import type { Move, Player, View } from './player.ts'

/**
 * One round, under the names that recorded play has; answers are labels, null (as are points) where one was unreadable.
 * What only a model has - its words, the order in which it was asked - is absent for other players.
 */
export interface Round {
  round: number
  player1: string
  player2: string
  answer1: string | null
  answer2: string | null
  points1: number | null
  points2: number | null
  total1: number
  total2: number
  /** The answer as it was given. */
  raw1?: string
  raw2?: string
  /** The label that the player expected of the other; null where that answer was unreadable. */
  prediction1?: string | null
  prediction2?: string | null
  rawPrediction1?: string
  rawPrediction2?: string
  /** The order in which the question named the actions, as the recordings write it: `[1, 0]`. */
  order1?: string
  order2?: string
}

export interface MatchOptions {
  seed: number
  /** Instead of the game's own. */
  rounds?: number
  signal?: AbortSignal
}

/**
 * Plays a game round by round; both move at once. Each player draws from a generator of its own, so that the same seed
 * gives the same match. An unreadable answer earns nobody anything, and is in nobody's history.
 * @throws InterplayError `option/conflict` where a player needs two actions, and what the players throw
 */
export async function play(
  game: Game,
  players: readonly [Player, Player],
  { seed, rounds = game.rounds, signal }: MatchOptions,
): Promise<Round[]> {
  if (game.actions.some(list => list.length !== 2)) {
    throw new InterplayError(
      'option/conflict',
      `'${game.name}' has ${game.actions.map(list => list.length).join(' and ')} actions, these players know games of 2`,
    )
  }
  const randoms = [1, 2].map(seat => new Random(seed, `match.${game.name}.player`, seat))
  const moves: [number[], number[]] = [[], []]
  const playedIn: number[] = []
  const played: Round[] = []
  const totals = [0, 0]
  for (let round = 1; round <= rounds; round++) {
    signal?.throwIfAborted()
    const answers = await Promise.all(
      players.map(async (player, seat) =>
        moveOf(await player.choose(viewOf(game, seat, round, rounds, moves, playedIn), randoms[seat]!)),
      ),
    )
    const [first, second] = answers as [Move, Move]
    const both = first.action !== null && second.action !== null
    if (both) {
      moves[0].push(first.action!)
      moves[1].push(second.action!)
      playedIn.push(round)
      game.payoffs.forEach((table, seat) => (totals[seat]! += table[first.action!]![second.action!]!))
    }
    const points = game.payoffs.map(table => (both ? table[first.action!]![second.action!]! : null))
    played.push({
      round,
      player1: players[0].name,
      player2: players[1].name,
      answer1: first.action === null ? null : game.actions[0][first.action]!,
      answer2: second.action === null ? null : game.actions[1][second.action]!,
      points1: points[0]!,
      points2: points[1]!,
      total1: totals[0]!,
      total2: totals[1]!,
      ...aside(first, 1, game.actions[1]),
      ...aside(second, 2, game.actions[0]),
    })
  }
  return played
}

/** What is kept of how a move came about, under the names of its seat. */
function aside(
  { raw, order, prediction, rawPrediction }: Move,
  seat: 1 | 2,
  others: readonly string[],
): Partial<Round> {
  const fields = {
    raw,
    prediction: prediction == null ? prediction : others[prediction],
    rawPrediction,
    order: order && `[${order.join(', ')}]`,
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [`${name}${seat}`, value]))
}

const moveOf = (move: number | Move): Move => (typeof move === 'number' ? { action: move } : move)

/** What a seat sees: its own payoffs by its own action first. `playedIn` are the rounds of the moves, the first ones by default. */
export function viewOf(
  game: Game,
  seat: number,
  round: number,
  rounds: number,
  moves: readonly [readonly number[], readonly number[]],
  playedIn: readonly number[] = moves[0].map((_, t) => t + 1),
): View {
  const [mine, theirs] = [game.payoffs[seat]!, game.payoffs[1 - seat]!]
  const turn = (table: readonly (readonly number[])[]) => table[0]!.map((_, k) => table.map(row => row[k]!))
  return {
    round,
    rounds,
    actions: game.actions[seat]!,
    otherActions: game.actions[1 - seat]!,
    payoffs: seat === 0 ? mine : turn(mine),
    otherPayoffs: seat === 0 ? theirs : turn(theirs),
    own: [...moves[seat]!],
    other: [...moves[1 - seat]!],
    playedIn: [...playedIn],
  }
}
