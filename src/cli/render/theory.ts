import { formatNumber, formatShare } from '../../charts/format.ts'
import type { TournamentDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'

type Game = TournamentDocument['theory'][number]

/** What game theory says of the game that was played. */
export function renderTheory(game: Game, style: Style): string[] {
  const { name, equilibria, security, pareto } = game
  const lines = [
    `${name}: ${equilibria.length === 1 ? 'equilibrium' : 'equilibria'} ${equilibria.map(one => equilibriumOf(game, one)).join('; ')}`,
    `secured whatever the other does: ${security.map(value => formatNumber(value)).join(' and ')}`,
    `Pareto: ${pareto.map(outcome => outcome.join(', ')).join('; ')}`,
  ]
  return labelled('game', lines.join('\n'), style)
}

/** `J, F`; of mixtures the share of the first action: `J 58.8%, J 41.2%`. */
function equilibriumOf({ actions }: Game, { first, second }: Game['equilibria'][number]): string {
  const said = (labels: readonly string[], share: number) =>
    share === 1 ? labels[0]! : share === 0 ? labels[1]! : `${labels[0]!} ${formatShare(share)}`
  return `${said(actions[0], first)}, ${said(actions[1], second)}`
}
