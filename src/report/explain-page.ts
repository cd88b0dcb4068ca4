import {
  formatCount,
  formatDuration,
  formatEffect,
  formatQuantity,
  formatSet,
  importanceChart,
  ranked,
  type ChartSpec,
  type Importance,
  type PairGrid,
  type Table,
} from '../charts/index.ts'
import { csvLink, cutTable, figure } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import { page, type Section } from './page.ts'
import { code, empty, facts, minute, warningList, type Warning } from './parts.ts'
import { mapAndBars, pairFigures } from './why.ts'

/** What results are of, where they are no fields. */
export type About = 'training rows' | 'rules'

/** One measured set of a lens result. */
export interface ExplainResult {
  set: string[]
  /** `SII` */
  index: string
  order: number
  value: number
  low: number | null
  high: number | null
  /** Computed from every coalition, not sampled. */
  exact: boolean
  /** Predictions spent. */
  budget: number
  /** What stood in for absent fields. */
  imputer: string
  /** Why the value does not stand as it looks, or what it is about. */
  reason?: string
  /** Where they are not those of the whole result: a weight inside a model. */
  units?: string
}

/** The result of a lens, as in `explain/<lens>-<hash8>/result.json`, with what its page draws. */
export interface ExplainReport {
  schema: string
  interplay: string
  lens: string
  /** Name of the predictor, its run folder or file. */
  predictor: string
  data: string
  rows: number
  /** Fields in schema order. */
  fields: string[]
  units: string
  results: ExplainResult[]
  /** False where something ended it early. */
  complete: boolean
  /** What did; the budget where it is not said. */
  stopped?: 'budget' | 'request'
  /** What the results are of, where they are no fields: their own figures draw them. */
  about?: About
  created: string
  seconds: number
  seed: number
  command: string
  pairs?: PairGrid[]
  figures?: ChartSpec[]
  warnings: Warning[]
  /** What the numbers mean and assume. */
  notes?: string[]
}

/** The page of a lens result: what acts together, single effects, every measured set, and how it was measured. */
export async function renderExplainPage(report: ExplainReport): Promise<string> {
  const joint = report.about ? [] : firstIndex(report.results.filter(result => result.order > 1))
  const single = firstIndex(report.results.filter(result => result.order === 1))
  const importances = single.map(({ set, ...measured }): Importance => ({ field: set[0]!, ...measured }))
  const sections: Section[] = []
  if (joint.length > 0) {
    const parts = { values: joint, fields: report.fields, units: report.units, rows: report.rows }
    const magnitudes = importances.map(({ field, value }) => ({ field, value: Math.abs(value) }))
    const drawn = { ...parts, importances: single.length > 0 ? { values: magnitudes, units: report.units } : undefined }
    const body = markup`${await mapAndBars(drawn)}${await pairFigures(report.pairs ?? [], joint)}`
    sections.push({ id: 'interactions', title: 'What interacts', body })
  }
  if (single.length > 0 && !report.about) {
    const chart = importanceChart({ importances, units: report.units, phrase: 'on its own', rows: report.rows })
    sections.push({
      id: 'fields',
      title: 'Single fields',
      body: markup`<div class="grid">${await figure(chart, { id: 'single' })}</div>`,
    })
  }
  if (report.figures?.length) {
    const drawn = await Promise.all(report.figures.map((chart, i) => figure(chart, { id: `figure-${i + 1}` })))
    sections.push({ id: 'figures', title: 'Figures', body: markup`<div class="grid">${drawn}</div>` })
  }
  sections.push({ id: 'all', title: 'All results', body: allResults(report) }, method(report))
  return page({
    title: `${report.lens} of ${report.predictor}: ${answer(report)}`,
    answer: markup`<p class="overline">
        <span>${report.lens}</span> <span>${report.predictor}</span>
        <span>${report.data}, ${formatQuantity(report.rows, 'row')}</span>
      </p>
      <h1>${answer(report)}</h1>
      ${!report.complete && partial(report.stopped)}
      ${warningList(report.warnings)}`,
    sections,
    footer: `interplay ${report.interplay}, ${report.created.slice(0, 10)}. This page loads nothing from the network.`,
  })
}

/** Charts and titles show one index; the table has all. */
const firstIndex = (results: ExplainResult[]): ExplainResult[] =>
  results.filter(({ index }) => index === results[0]!.index)

const partial = (by: ExplainReport['stopped']): Markup =>
  markup`<p><b>Stopped at ${by === 'request' ? 'your request' : 'its budget'}</b>: what follows is what was measured until then.</p>`

function answer({ results, units, about, figures = [] }: ExplainReport): string {
  if (about && figures.length > 0) return figures[0]!.title
  const order = Math.max(...results.map(result => result.order), 0)
  const first = ranked(firstIndex(results.filter(result => result.order === order)))[0]
  if (!first) return 'Nothing was measured'
  const subject = order === 1 ? `${first.set[0]} has the greatest effect` : `${formatSet(first.set)} interact most`
  return `${subject}: ${formatEffect(first)} ${units}`
}

function allResults({ results, units, command, about }: ExplainReport): Markup {
  if (results.length === 0) return empty('The lens measured no set.', command)
  const table: Table = {
    columns: [
      { title: 'rank', format: 'count' },
      { title: about === 'training rows' ? about : 'fields', format: 'field' },
      { title: 'index', format: 'text' },
      { title: units, format: 'number' },
      { title: 'low', format: 'number' },
      { title: 'high', format: 'number' },
      { title: 'computed', format: 'text' },
    ],
    rows: ranked(results).map(({ rank, set, index, value, low, high, exact, units: own }) => [
      rank,
      formatSet(set),
      own === undefined ? index : `${index}, ${own}`,
      value,
      low,
      high,
      exact ? 'exactly' : 'by sampling',
    ]),
  }
  return markup`${cutTable(table, 'All results')}<p class="switches">${csvLink(table, 'results')}</p>`
}

function method({ results, seconds, seed, command, created, interplay, notes = [] }: ExplainReport): Section {
  const distinct = (values: string[]) => [...new Set(values)].join(', ') || '–'
  const described = facts([
    ['index', distinct(results.map(result => result.index))],
    ['absent fields', distinct(results.map(result => result.imputer))],
    ['predictions spent', formatCount(Math.max(...results.map(result => result.budget), 0))],
    ['time', formatDuration(seconds)],
    ['seed', seed],
    ['made', markup`${minute(created)}, interplay ${interplay}`],
  ])
  return {
    id: 'method',
    title: 'Method',
    fold: 'index, budget, the command',
    body: markup`${described}
      ${notes.map(note => markup`<p class="note">${note}</p>`)}
      <h3>The same result again</h3>
      ${code(command)}
      <p class="note">Brackets are 95% intervals. An interval over zero is within noise.</p>`,
  }
}
