import {
  formatMetric,
  formatQuantity,
  paretoChart,
  type ChartSpec,
  type ParetoPoint,
  type Table,
} from '../charts/index.ts'
import type { ProtocolResult } from '../study/index.ts'
import { dataTable, figure, scrolling } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import { page } from './page.ts'

/** One row of a board over its seeds. */
export interface BoardRow {
  system: string
  /** Test AUC. */
  mean: number
  /** Standard deviation; null for one seed. */
  deviation: number | null
  logLoss: number
  seeds: number
  parameters: number
  /** Mean training time of a seed. */
  seconds: number
  published: number | null
}

/** A leaderboard as its page draws it. */
export interface LeaderboardReport {
  dataset: string
  protocol: string
  notes: readonly string[]
  summary: readonly BoardRow[]
  rows: readonly ProtocolResult[]
}

/** The page of a leaderboard: the board with the published figures beside, AUC against parameters and time, every run. */
export async function renderLeaderboardPage({
  dataset,
  protocol,
  notes,
  summary,
  rows,
}: LeaderboardReport): Promise<string> {
  const board = [...summary].sort((a, b) => b.mean - a.mean)
  const [best] = board
  const charts = [costChart(board, 'parameters'), costChart(board, 'seconds')]
  const figures = await Promise.all(charts.map((chart, i) => figure(chart, { id: `cost-${i + 1}` })))
  const said = best
    ? `${best.system} comes out first of ${formatQuantity(board.length, 'system')}: test AUC ${aucOf(best)}`
    : 'No row has finished'
  return page({
    title: `Leaderboard of ${dataset}`,
    answer: markup`<p class="overline"><span>leaderboard</span> <span>${dataset}</span> <span>${protocol}</span></p>
      <h1>${said}</h1>
      ${notes.map(note => markup`<p>${note}</p>`)}`,
    sections: [
      { id: 'board', title: 'Board', body: scrolling('Board', dataTable(boardTable(board), 'Systems, best first')) },
      { id: 'cost', title: 'What it costs', body: markup`<div class="grid">${figures}</div>` },
      { id: 'runs', title: 'Runs', body: scrolling('Runs', runsTable(rows)), fold: formatQuantity(rows.length, 'run') },
    ],
    footer: 'Mean ± standard deviation over seeds. Weights are chosen on validation rows; the test rows are used once.',
  })
}

const aucOf = ({ mean, deviation }: BoardRow): string =>
  deviation === null ? formatMetric(mean) : `${formatMetric(mean)} ± ${formatMetric(deviation)}`

function boardTable(board: readonly BoardRow[]): Table {
  return {
    columns: [
      { title: 'system', format: 'text' },
      { title: 'test AUC', format: 'metric' },
      { title: '± over seeds', format: 'metric' },
      { title: 'log loss', format: 'metric' },
      { title: 'seeds', format: 'count' },
      { title: 'parameters', format: 'count' },
      { title: 'seconds a run', format: 'number' },
      { title: 'published AUC', format: 'metric' },
      { title: 'above published', format: 'metric' },
    ],
    rows: board.map(({ system, mean, deviation, logLoss, seeds, parameters, seconds, published }) => [
      system,
      mean,
      deviation,
      logLoss,
      seeds,
      parameters,
      seconds,
      published,
      published === null ? null : mean - published,
    ]),
  }
}

/** Test AUC against a cost; a published figure stands at our run's cost, for want of its own. */
function costChart(board: readonly BoardRow[], cost: 'parameters' | 'seconds'): ChartSpec {
  const points = board.flatMap((row): ParetoPoint[] => {
    const spread = row.deviation === null ? null : (1.96 * row.deviation) / Math.sqrt(row.seeds)
    const interval = spread === null ? {} : { low: row.mean - spread, high: row.mean + spread }
    const own: ParetoPoint = { name: row.system, cost: row[cost], value: row.mean, ...interval }
    const theirs = { name: `${row.system}, published`, cost: row[cost], published: true }
    return row.published === null ? [own] : [own, { ...theirs, value: row.published }]
  })
  return paretoChart({ points, costTitle: cost, metric: { title: 'AUC', better: 'higher' }, unit: 'system' })
}

function runsTable(rows: LeaderboardReport['rows']): Markup {
  const columns: Table['columns'] = [
    { title: 'row', format: 'text' },
    { title: 'seed', format: 'text' },
    { title: 'test AUC', format: 'metric' },
    { title: 'log loss', format: 'metric' },
    { title: 'valid AUC', format: 'metric' },
    { title: 'epochs', format: 'count' },
    { title: 'seconds', format: 'number' },
  ]
  const cells = rows.map(each => [
    each.system,
    each.seed,
    each.testAuc,
    each.testLogLoss,
    each.validAuc,
    each.epochs,
    each.seconds,
  ])
  return dataTable({ columns, rows: cells }, 'Every run')
}
