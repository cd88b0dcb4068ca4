import { battle, dilemma, strictRankings, nameOfClass, type Game } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import { identify, type Seat } from './behaviour.ts'
import { recordedPolicy, type Policy } from './lookup.ts'
import { play, viewOf } from './match.ts'
import type { Player } from './player.ts'
import { playerNamed } from './players.ts'
import { nashEquilibria, type Equilibrium } from './solution.ts'
import { deterministic, randomPlayer } from './strategies.ts'

/** Classes of the strict ordinal games, and how many games there are. */
export function ordinalClasses(): { classes: number; games: number } {
  const all = strictRankings()
  return { classes: new Set(all.map(([first, second]) => nameOfClass(first, second))).size, games: all.length }
}

/**
 * Random games of small whole payoffs, ties and all, in which closed form and brute force disagree: an equilibrium found
 * that is none, a pure one that is missing, or a mixed one where both players can be made indifferent.
 */
export function nashErrors(count: number, solve = nashEquilibria): number {
  const random = new Random(1, 'games')
  const table = () => [0, 1].map(() => [0, 1].map(() => random.integer(10)))
  let errors = 0
  for (let k = 0; k < count; k++) {
    const payoffs = [table(), table()] as const
    const found = solve({ payoffs })
    const isPure = ({ first, second }: Equilibrium) => first % 1 === 0 && second % 1 === 0
    const pure = found.filter(isPure).map(({ first, second }) => `${first} ${second}`)
    const wrong = found.filter(({ first, second }) => gain(payoffs, first, second) > 1e-9)
    const corners = [0, 1].flatMap(first =>
      [0, 1].flatMap(second => (gain(payoffs, first, second) <= 1e-9 ? [`${first} ${second}`] : [])),
    )
    const mixed = found.filter(one => !isPure(one)).length
    const same = pure.sort().join() === corners.sort().join() && mixed === (mixesInside(payoffs) ? 1 : 0)
    if (wrong.length > 0 || !same) errors++
  }
  return errors
}

/**
 * Whether there is a mixture of each player, within (0, 1), that leaves the other indifferent: what a player wins by its
 * first action is linear in the other's mixture, so it is nothing at one point inside where its sign changes between the ends.
 */
function mixesInside([a, b]: Game['payoffs']): boolean {
  const firstWins = [0, 1].map(k => a[0]![k]! - a[1]![k]!)
  const secondWins = [0, 1].map(i => b[i]![0]! - b[i]![1]!)
  return [firstWins, secondWins].every(([one, other]) => one! * other! < 0)
}

/** The most a player gains by any other mixture, tried on a grid. */
function gain([a, b]: Game['payoffs'], first: number, second: number): number {
  const value = (table: Game['payoffs'][0], x: number, y: number) =>
    x * (y * table[0]![0]! + (1 - y) * table[0]![1]!) + (1 - x) * (y * table[1]![0]! + (1 - y) * table[1]![1]!)
  let most = -Infinity
  for (let step = 0; step <= 10; step++) {
    most = Math.max(
      most,
      value(a, step / 10, second) - value(a, first, second),
      value(b, first, step / 10) - value(b, first, second),
    )
  }
  return most
}

/** A rule whose moves slip with some probability. */
const slipping = (player: Player, rate: number): Player => ({
  ...player,
  choose: (view, random) => {
    const move = player.choose(view, random) as number
    return random.uniform() < rate ? 1 - move : move
  },
})

const seatOf = (game: Game, seat: 0 | 1, moves: [number[], number[]]): Seat =>
  viewOf(game, seat, 1, moves[0].length, moves)

/** The moves of a match by seat, for games without unreadable answers. */
async function movesOf(
  game: Game,
  players: [Player, Player],
  seed: number,
  rounds: number,
): Promise<[number[], number[]]> {
  const played = await play(game, players, { seed, rounds })
  const index = (label: string | null) => game.actions[0].indexOf(label!)
  return [played.map(({ answer1 }) => index(answer1)), played.map(({ answer2 }) => index(answer2))]
}

/** Share of noisy matches against a random player in which the rule that was played comes out alone and first. */
export async function identified(rounds: number, matches: number): Promise<number> {
  const game = dilemma.make({ seed: 1 })
  let right = 0
  for (const [i, player] of deterministic.entries()) {
    for (let seed = 1 + i * matches; seed <= (i + 1) * matches; seed++) {
      const moves = await movesOf(game, [slipping(player, 0.02), randomPlayer(0.5)], seed, rounds)
      const { suspects, indistinguishable } = identify(seatOf(game, 0, moves))
      if (suspects[0]!.name === player.name && indistinguishable.length === 0) right++
    }
  }
  return right / (deterministic.length * matches)
}

/** Which rules cannot be told apart when tit for tat meets one who always cooperates. */
export async function alikeAgainstCooperator(): Promise<string[]> {
  const game = dilemma.make({ seed: 1 })
  const moves = await movesOf(game, [playerNamed('tft', game.name), playerNamed('j', game.name)], 1, 20)
  return identify(seatOf(game, 0, moves)).indistinguishable
}

/** The recorded policy against a rule: its moves in a row and the totals, `JJJ`, `24-24`. */
export async function policyAgainst(
  policy: Policy,
  world: 'dilemma' | 'battle',
  rule: string,
): Promise<{ moves: string; totals: string }> {
  const game = { dilemma, battle }[world].make({ seed: 1 })
  const played = await play(game, [recordedPolicy(policy, world), playerNamed(rule, world)], { seed: 1 })
  const { total1, total2 } = played.at(-1)!
  return { moves: played.map(({ answer1 }) => answer1).join(''), totals: `${total1}-${total2}` }
}
