import { formatDuration, formatEffect, formatQuantity, formatSet } from '../charts/index.ts'
import { csvLink, cutTable } from './figure.ts'
import { markup } from './markup.ts'
import { page, type Section } from './page.ts'
import { facts, minute } from './parts.ts'
import { figureGrid, resultTable, type StudyFigure } from './results.ts'

/** What a published method found inside a network. */
export interface ExplanationReport {
  interplay: string
  lens: string
  predictor: string
  data: string
  rows: number
  results: readonly { set: readonly string[]; index: string; value: number; low: number | null; high: number | null }[]
  table: { columns: readonly string[]; rows: readonly (readonly (string | number | null)[])[] } | null
  figures?: readonly StudyFigure[]
  notes: readonly string[]
  options: Readonly<Record<string, unknown>>
  seed: number
  seconds: number
  created: string
  command: string
}

/** The page of an explanation: figures first, then the table, every finding, and how it was measured. */
export async function renderExplanationPage(report: ExplanationReport): Promise<string> {
  const { lens, predictor, data, rows, results, table, figures = [], notes } = report
  const [first] = results
  const strongest = first ? `${formatSet(first.set)}: ${first.index} ${formatEffect(first)}` : 'Nothing was measured'
  const answer = figures[0]?.title ?? strongest
  const sections: Section[] = []
  if (figures.length > 0) sections.push({ id: 'figures', title: 'Figures', body: await figureGrid(figures) })
  if (table) sections.push({ id: 'table', title: 'Table', body: resultTable(table) })
  const found = {
    columns: [
      { title: 'set', format: 'text' as const },
      { title: 'measure', format: 'text' as const },
      { title: 'value', format: 'number' as const },
    ],
    rows: results.map(({ set, index, value }) => [formatSet(set), index, value]),
  }
  sections.push({
    id: 'all',
    title: 'All results',
    body: markup`${cutTable(found, 'All results')}${csvLink(found, 'results')}`,
  })
  sections.push({ id: 'method', title: 'Method', body: method(report) })
  return page({
    title: `${lens} of ${predictor}: ${answer}`,
    answer: markup`<p class="overline">
        <span>${lens}</span> <span>${predictor}</span> <span>${data}, ${formatQuantity(rows, 'example')}</span>
      </p>
      <h1>${answer}</h1>
      ${notes.map(note => markup`<p class="note">${note}</p>`)}`,
    sections,
    footer: `interplay ${report.interplay}, ${report.created.slice(0, 10)}. This page loads nothing from the network.`,
  })
}

const method = ({ command, created, seconds, seed, options }: ExplanationReport) =>
  facts([
    ['command', markup`<code>${command}</code>`],
    [
      'options',
      Object.entries(options)
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .join(', '),
    ],
    ['seed', String(seed)],
    ['date', minute(created)],
    ['time', formatDuration(seconds)],
  ])
