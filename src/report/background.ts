import { fieldProfile, formatCount, formatDuration, formatQuantity, formatShare, type Table } from '../charts/index.ts'
import { dataTable, figure } from './figure.ts'
import { markup } from './markup.ts'
import type { Section } from './page.ts'
import { code, facts, minute } from './parts.ts'
import type { RunReport } from './run-report.ts'
import { allMetrics } from './verdict.ts'

/** How to ask the model from elsewhere. */
export function useSection({ snippets = [], next = [] }: RunReport): Section[] {
  if (snippets.length + next.length === 0) return []
  const blocks = [...snippets, ...(next.length > 0 ? [{ title: 'Next', code: next.join('\n') }] : [])]
  const body = blocks.map(block => markup`<h3>${block.title}</h3>${code(block.code)}`)
  return [{ id: 'use', title: 'Use it', body }]
}

/** What went in: fields with their missing and distinct values, then each field's distribution. */
export async function dataSection({ data, target }: RunReport): Promise<Section> {
  const meanTitle = target.kind === 'binary' ? `share ${target.classes![1]}` : `mean ${target.name}`
  const filled = data.fields.filter(({ missing, rows }) => missing < rows)
  const profiles = filled.map((field, i) => figure(fieldProfile(field, meanTitle), { id: `field-${i + 1}` }))
  const table: Table = {
    columns: [
      { title: 'field', format: 'field' },
      { title: 'type', format: 'text' },
      { title: 'missing', format: 'share' },
      { title: 'distinct', format: 'count' },
    ],
    rows: data.fields.map(({ name, type, missing, rows, distinct }) => [name, type, missing / rows, distinct]),
  }
  const ignored = (data.ignored ?? []).map(
    ({ fields, reason }) =>
      markup`<p>Ignored: ${fields.map((field, i) => markup`${i > 0 && ', '}<code>${field}</code>`)}: ${reason}</p>`,
  )
  const { train, valid, test } = data.rows
  return {
    id: 'data',
    title: 'Data',
    fold: `${formatQuantity(train + valid + test, 'row')}, ${formatQuantity(data.fields.length, 'field')}`,
    body: markup`${ignored}${dataTable(table, 'Fields')}
      <div class="grid">${await Promise.all(profiles)}</div>`,
  }
}

/** How it was made: split, settings with their origin, how intervals were computed, the command. */
export function methodSection(report: RunReport): Section {
  const { system, data, settings, command, seed, threads, seconds, interplay, created, target } = report
  const { train, valid, test } = data.rows
  const paper = system.paper && `${system.paper.title}. ${system.paper.venue} ${system.paper.year}`
  const described = facts([
    ['system', `${system.name}, ${formatCount(system.parameters)} parameters`],
    ...(paper ? [['paper', paper] as [string, string]] : []),
    ['rows', `${formatCount(train)} training, ${formatCount(valid)} validation, ${formatCount(test)} test`],
    ['split', `${data.split}; test rows used once`],
    ['target', targetText(target)],
    ['seed, threads', `${seed}, ${threads}`],
    ['time', formatDuration(seconds)],
    ['made', markup`${minute(created)}, interplay ${interplay}`],
  ])
  const table: Table = {
    columns: ['setting', 'value', 'origin'].map(title => ({ title, format: title === 'setting' ? 'field' : 'text' })),
    rows: settings.map(({ name, value, origin }) => [name, value, origin]),
  }
  return {
    id: 'method',
    title: 'Method',
    fold: 'settings, all metrics, how intervals were computed',
    body: markup`${described}
      <h3>The same run again</h3>
      ${code(command)}
      <h3>All test metrics</h3>
      ${allMetrics(report)}
      <p class="note">${intervals[target.kind]}</p>
      <h3>Settings</h3>
      ${dataTable(table, 'Settings')}`,
  }
}

const targetText = ({ name, kind, classes, positiveShare }: RunReport['target']) => {
  const share = positiveShare === undefined ? '' : `, ${formatShare(positiveShare)} ${classes![1]} among test rows`
  return `${name}, ${kind}${share}`
}

const intervals = {
  binary:
    'Brackets are 95% intervals over test rows: AUC by DeLong (1988); means by their standard error; accuracy, precision, recall and F1 by Wilson; average precision on the logit scale. Rows are called positive at probability 0.5 and above. They leave out what another seed or another sample of training rows would change.',
  multiclass:
    'Brackets are 95% intervals over test rows: means by their standard error, accuracy by Wilson, macro scores by the delta method. They leave out what another seed or another sample of training rows would change.',
  regression:
    'Brackets are 95% intervals over test rows, from the standard errors of squared and absolute errors. They leave out what another seed or another sample of training rows would change.',
}
