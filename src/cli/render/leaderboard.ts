import { formatDuration, formatMetric } from '../../charts/format.ts'
import type { LeaderboardDocument, LeaderboardOptions } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'

type BoardProgress = NonNullable<LeaderboardOptions['onProgress']>

/** A line a finished row; on a terminal the epoch under way is drawn beneath. */
export const boardProgress =
  (terminal: Terminal): BoardProgress =>
  ({ row, seed, epoch, value, done }) => {
    if (done)
      terminal.progress([
        `${row}, seed ${seed}: test AUC ${formatMetric(done.testAuc)}, ${formatDuration(done.seconds)}`,
      ])
    else terminal.draw(`${row}, seed ${seed}: epoch ${epoch}, valid AUC ${formatMetric(value)}`)
  }

/** The rows of a protocol, best first; a mean over seeds with its standard deviation. */
export function renderLeaderboard(document: LeaderboardDocument, out: string, style: Style): string[] {
  const columns = [
    { title: 'system', paint: style.strong },
    { title: 'test AUC', align: 'right' as const },
    { gap: 1 },
    { title: 'log loss', align: 'right' as const },
    { title: 'seeds', align: 'right' as const },
    { title: 'published', align: 'right' as const },
  ]
  const best = [...document.summary].sort((a, b) => b.mean - a.mean)
  const rows = best.map(({ system, mean, deviation, logLoss, seeds, published }) => [
    system,
    formatMetric(mean),
    deviation === null ? '' : `± ${formatMetric(deviation)}`,
    formatMetric(logLoss),
    String(seeds),
    formatMetric(published),
  ])
  return [
    `${document.dataset}, ${document.protocol}; mean ± standard deviation over seeds`,
    ...table(columns, rows, style),
    ...document.notes.flatMap(note => labelled('note', note, style)),
    ...labelled('wrote', `${out}   result.json, report.html`, style),
  ]
}
