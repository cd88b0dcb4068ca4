import type { Game } from '../../../data/index.ts'
import { nashEquilibria, paretoOutcomes, securityLevels, type Equilibrium } from './solution.ts'

/** What game theory says of a game of two actions each. */
export interface GameDescription {
  name: string
  actions: Game['actions']
  payoffs: Game['payoffs']
  equilibria: Equilibrium[]
  /** What each player gets whatever the other does, mixing allowed. */
  security: [number, number]
  /** Outcomes, as labels, that no other betters for one player without hurting the other. */
  pareto: [string, string][]
}

export const describeGame = (game: Game): GameDescription => ({
  name: game.name,
  actions: game.actions,
  payoffs: game.payoffs,
  equilibria: nashEquilibria(game),
  security: securityLevels(game),
  pareto: paretoOutcomes(game).map(([i, k]) => [game.actions[0][i]!, game.actions[1][k]!]),
})
