import { formatDuration, formatMetric, formatQuantity, type ChartSpec } from '../charts/index.ts'
import { figure, scrolling } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import { page, type Section } from './page.ts'
import { code, facts, minute } from './parts.ts'

/** A run of a system with a fit of its own, as its page draws it. */
export interface FitReport {
  interplay: string
  system: string
  task: string
  data: string
  run: string
  parameters: number
  metrics: { valid: Readonly<Record<string, number>>; test: Readonly<Record<string, number>> }
  notes: readonly string[]
  figures: readonly ChartSpec[]
  options: Readonly<Record<string, unknown>>
  /** What answers new items with it. */
  next: string
  created: string
  seconds: number
  seed: number
  command: string
}

/** The page of such a run: how good it is, what it found, what its system draws of it, and how it was made. */
export async function renderFitPage(report: FitReport): Promise<string> {
  const { system, data, task, run } = report
  const sections: Section[] = []
  if (report.figures.length > 0) {
    const drawn = await Promise.all(report.figures.map((chart, i) => figure(chart, { id: `figure-${i + 1}` })))
    sections.push({ id: 'figures', title: 'What was learned', body: markup`<div class="grid">${drawn}</div>` })
  }
  sections.push({ id: 'scores', title: 'Scores', body: scores(report) }, method(report))
  return page({
    title: `${run}: ${answer(report)}`,
    answer: markup`<p class="overline"><span>${system}</span> <span>${data}</span> <span>${task}</span></p>
      <h1>${answer(report)}</h1>
      ${report.notes.map(note => markup`<p>${note}</p>`)}`,
    sections,
    footer: `interplay ${report.interplay}, ${report.created.slice(0, 10)}. This page loads nothing from the network.`,
  })
}

function answer({ metrics, system, data }: FitReport): string {
  const [first] = Object.entries(metrics.test)
  return first ? `${system} on ${data}: test ${first[0]} ${formatMetric(first[1])}` : `${system} on ${data}`
}

function scores({ metrics }: FitReport): Markup {
  const names = [...new Set([...Object.keys(metrics.valid), ...Object.keys(metrics.test)])]
  if (names.length === 0)
    return markup`<p class="note">The system was not scored on items that it did not learn from.</p>`
  const row = (name: string) => markup`<tr>
    <th scope="row">${name}</th>
    <td class="number">${formatMetric(metrics.valid[name])}</td>
    <td class="number">${formatMetric(metrics.test[name])}</td>
  </tr>`
  return scrolling(
    'Scores',
    markup`<table>
      <caption class="hidden">Scores on items that were not learned from</caption>
      <thead><tr><th scope="col">score</th><th scope="col" class="number">valid</th><th scope="col" class="number">test</th></tr></thead>
      <tbody>${names.map(row)}</tbody>
    </table>`,
  )
}

function method({ options, parameters, seconds, seed, created, interplay, command, next }: FitReport): Section {
  const described = facts([
    ['learned', formatQuantity(parameters, 'value')],
    ...Object.entries(options).map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
    ['seed', seed],
    ['time', formatDuration(seconds)],
    ['made', markup`${minute(created)}, interplay ${interplay}`],
  ])
  return {
    id: 'method',
    title: 'Method',
    fold: 'options, the command',
    body: markup`${described}<h3>The same result again</h3>${code(command)}<h3>Next</h3>${code(next)}`,
  }
}
