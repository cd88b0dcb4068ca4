import { formatCount } from '../../charts/format.ts'
import type { OptionRow } from '../../system/index.ts'
import type { SystemDocument, SystemRow } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import { plain, type Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import { valueText, renderClaims } from './study.ts'
import { wrap } from '../terminal/text.ts'

/** One line a system, and how many of the catalogue they are. */
export function renderSystems(rows: readonly SystemRow[], total: number, style: Style): string[] {
  const columns = [
    { title: 'name', paint: style.strong },
    { title: 'task', gap: 4 },
    { title: 'what it learns', wrap: true },
    { title: 'claims', align: 'right' as const },
    { title: 'commit', paint: style.muted },
  ]
  const lines = rows.map(({ name, task, summary, study }) => [
    name,
    task,
    summary,
    study ? `${study.holds} / ${study.claims}` : '–',
    study ? study.commit : '',
  ])
  const count = `${formatCount(rows.length)} of ${formatCount(total)} systems`
  const hint = { text: 'interplay systems NAME for one', span: 3, align: 'right' as const, paint: style.muted }
  return table(columns, [...lines, [{ text: count, span: 2 }, hint]], style)
}

/** Everything the catalogue knows of one system. */
export function renderSystem(
  page: Pick<SystemDocument, 'system' | 'options' | 'claims' | 'run'>,
  now: Date,
  style: Style,
): string[] {
  const { name, family, task, study, paper, summary } = page.system
  const said = study
    ? `${study.holds} of ${study.claims} claims hold (${study.commit}, ${ago(study.date, now)})`
    : 'its claims were not run yet'
  const paragraph = (text: string) => wrap(plain(text, style), style.columns - 1)
  return [
    `${style.strong(name)}   ${family}, ${task}      ${said}`,
    ...(paper ? paragraph(`${paper.title.replace(/\.$/, '')}. ${paper.venue} ${paper.year}`) : []),
    ...paragraph(sentence(summary)),
    '',
    ...renderOptions(page.options, style),
    ...claimed(page.claims, style),
    ...(page.run ? labelled('run', page.run, style, { whole: true }) : []),
    ...parityOf(page.claims).flatMap(text => labelled('parity', text, style)),
  ]
}

/** The claims of the last study under a blank line; nothing where it was not run. */
const claimed = (claims: SystemDocument['claims'], style: Style): string[] =>
  claims.length === 0 ? [] : ['', ...renderClaims(claims, style), '']

/** `the benchmark's code: logits 3.1e-7, gradients 4.0e-6` */
const parityOf = (claims: SystemDocument['claims']): string[] =>
  claims.flatMap(({ parityWith, measured, holds }) =>
    parityWith === undefined || holds === null
      ? []
      : [`${parityWith}: ${valueText(measured)}${holds ? '' : ', does not hold'}`],
  )

const sentence = (clause: string) => `${clause.charAt(0).toUpperCase()}${clause.slice(1).replace(/\.$/, '')}.`

function renderOptions(options: readonly OptionRow[], style: Style): string[] {
  if (options.length === 0) return ['It has no options.']
  const columns = [
    { title: 'option', paint: style.strong },
    { title: 'type' },
    { title: 'default', wrap: true },
    { title: 'range', wrap: true },
    { title: 'meaning', wrap: true },
  ]
  const rows = options.map(one => [one.option, one.type, initial(one.default), one.range, one.meaning])
  return table(columns, rows, style)
}

/** A default as `--set` would be given it. */
function initial(value: unknown): string {
  if (value === undefined) return '–'
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}

const day = 86_400_000

/** `today`, `yesterday`, `5 days ago`, `3 months ago`. */
export function ago(date: string, now: Date): string {
  const days = Math.floor(now.getTime() / day) - Math.floor(Date.parse(date) / day)
  if (days < 1) return 'today'
  const [count, unit] =
    days < 60 ? [days, 'day'] : days < 730 ? [Math.round(days / 30.4), 'month'] : [Math.round(days / 365), 'year']
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`
}
