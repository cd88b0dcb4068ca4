import { InterplayError } from '../../errors/index.ts'

/** A game in normal form between two players, played for a number of rounds. */
export interface Game {
  name: string
  /** Names of what each player may do. */
  actions: readonly [first: readonly string[], second: readonly string[]]
  /** `payoffs[player][first's action][second's action]`. */
  payoffs: readonly [readonly (readonly number[])[], readonly (readonly number[])[]]
  rounds: number
}

/** @throws InterplayError `data/empty`, `data/ragged`, `data/not-finite` */
export function checkGame({ name, actions, payoffs, rounds }: Game): void {
  if (actions.some(list => list.length === 0) || rounds < 1)
    throw new InterplayError('data/empty', `game '${name}' has nothing to play`)
  const [first, second] = actions
  for (const [player, table] of payoffs.entries()) {
    if (table.length !== first.length || table.some(row => row.length !== second.length))
      throw new InterplayError(
        'data/ragged',
        `game '${name}': payoffs of player ${player + 1} are not ${first.length} by ${second.length}`,
      )
    if (table.flat().some(value => !Number.isFinite(value)))
      throw new InterplayError('data/not-finite', `game '${name}': a payoff of player ${player + 1} is not finite`)
  }
}
