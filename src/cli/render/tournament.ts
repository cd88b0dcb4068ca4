import { formatCount, formatMetric, formatQuantity } from '../../charts/format.ts'
import type { TournamentDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

/** More players than this have no grid on a terminal; it stands in the document. */
const widestGrid = 6

/** Who came out best, and how each fares against each. */
export function renderTournament(document: TournamentDocument, style: Style): string[] {
  const { standings, players, grid, families, games, matches, rounds, out } = document
  const columns = [
    { title: 'player', paint: style.strong },
    { title: 'score', align: 'right' as const },
    { title: '95% interval' },
    { title: 'seats', align: 'right' as const },
  ]
  const rows = standings.map(({ player, value, low, high, matches: seats }) => [
    player,
    formatMetric(value),
    `${formatMetric(low)} to ${formatMetric(high)}`,
    formatCount(seats),
  ])
  return [
    `${formatQuantity(games, 'game')}, ${formatQuantity(matches, 'match', 'matches')}, ${formatQuantity(rounds, 'round')}; score: points over the most there were to get`,
    '',
    ...table(columns, rows, style),
    ...(players.length <= widestGrid ? ['', ...gridOf(players, grid, style)] : []),
    ...families.flatMap(({ family, standings: [first] }) =>
      labelled('best', `${family}: ${first!.player}, ${formatMetric(first!.value)}`, style),
    ),
    ...(out === null ? [] : ['', ...labelled('wrote', out, style)]),
  ]
}

function gridOf(players: readonly string[], grid: readonly (readonly number[])[], style: Style): string[] {
  const columns = [
    { title: 'against', paint: style.strong },
    ...players.map(title => ({ title, align: 'right' as const, gap: 2 })),
  ]
  return table(
    columns,
    players.map((player, i) => [player, ...grid[i]!.map(score => formatMetric(score))]),
    style,
  )
}
