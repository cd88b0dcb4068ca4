import { formatCount, formatMetric, formatQuantity } from '../../charts/format.ts'
import type { TournamentDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import { renderProfiles } from './profiles.ts'
import { renderTheory } from './theory.ts'

/** More players than this have no grid on a terminal; it stands in the document. */
const widestGrid = 6

/** Who came out best, how each played, and how each fares against each. */
export function renderTournament(document: TournamentDocument, style: Style): string[] {
  const { standings, profiles, players, grid, families, theory, out } = document
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
    ...head(document, style),
    '',
    ...table(columns, rows, style),
    '',
    ...renderProfiles(profiles, style),
    ...(players.length <= widestGrid ? ['', ...gridOf(players, grid, style)] : []),
    ...families.flatMap(({ family, standings: [first] }) =>
      labelled('best', `${family}: ${first!.player}, ${formatMetric(first!.value)}`, style),
    ),
    ...(theory.length === 1 ? ['', ...renderTheory(theory[0]!, style)] : []),
    ...(out === null ? [] : ['', ...labelled('wrote', out, style)]),
  ]
}

/** What was played, and what a score is. */
function head({ games, matches, rounds, gamesBelowZero }: TournamentDocument, style: Style): string[] {
  const played = `${formatQuantity(games, 'game')}, ${formatQuantity(matches, 'match', 'matches')}, ${formatQuantity(rounds, 'round')}`
  const score = 'points over the most there were to get'
  if (gamesBelowZero === 0) return [`${played}; score: ${score}`]
  const where = games === 1 ? '' : ` (${formatCount(gamesBelowZero)} of ${formatCount(games)} games)`
  return [played, ...labelled('score', `${score}; with payoffs below 0${where}, both above the least`, style)]
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
