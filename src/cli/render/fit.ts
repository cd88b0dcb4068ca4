import { formatBytes, formatCount, formatDuration, formatQuantity } from '../../charts/format.ts'
import { metric } from '../../metrics/index.ts'
import type { FitDocument, FitPlan } from '../../verbs/index.ts'
import { labelled, named } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { renderEffects } from './effects.ts'
import { kindOf, renderMetrics } from './metrics.ts'

type FitHead = Omit<FitPlan, 'settings' | 'notes'>

/** What is known before training: `data`, `target`, `ignored` and `system`, each on its line. */
export function renderFitHead(head: FitHead, style: Style): string[] {
  const { system } = head
  const cost = `${formatQuantity(system.parameters, 'parameter')}, ${formatBytes(system.memoryBytes)}`
  const told = system.chosen ? `${system.chosen}; ${cost}` : cost
  return [...renderDataHead(head, style), ...labelled('system', named(system.name, told, widthOf(head)), style)]
}

/** `data`, `target` and `ignored` alone, where there are several systems. */
export function renderDataHead(head: FitHead, style: Style): string[] {
  const { data, target, ignored } = head
  const total = Object.values(data.fields).reduce((sum, count) => sum + count, 0)
  const types = Object.entries(data.fields).map(([type, count]) => `${formatCount(count)} ${type}`)
  const size = `${formatQuantity(data.rows, 'row')}, ${formatQuantity(total, 'field')}: ${types.join(', ')}`
  const width = widthOf(head)
  return [
    ...labelled('data', named(data.name, size, width), style),
    ...labelled('target', named(target.name, `${target.summary}      split ${target.split}`, width), style),
    ...ignored.flatMap(({ fields, reason }) => labelled('ignored', `${fields.join(', ')}: ${reason}`, style)),
  ]
}

const widthOf = ({ data, target, system }: FitHead): number =>
  Math.max(11, ...[data.name, target.name, system.name].map(name => name.length).filter(length => length < 24))

/** How good it came out against what, and its strongest interactions. */
export function renderFit(document: FitDocument, style: Style): string[] {
  const { system, metrics, baselines, targets, interactions, warnings } = document
  const rare = warnings.some(({ code }) => code === 'data/imbalance')
  const unit = kindOf(metrics.test) === 'regression' ? 'units of the target' : 'log-odds'
  const meaning = `${unit} beyond the separate effects, 95% interval`
  return [
    ...labelled('done', doneText(document), style, { paint: style.good }),
    '',
    ...(targets ?? [{ name: undefined, metrics, baselines }]).flatMap(each => [
      ...(each.name === undefined ? [] : labelled('target', each.name, style)),
      ...renderMetrics([{ name: system, metrics: each.metrics.test }, ...each.baselines], style, { rare }),
      '',
    ]),
    ...(interactions.length > 0 ? labelled('interactions', meaning, style, { width: 15 }) : []),
    ...renderEffects(interactions, style),
    ...(interactions.length > 0 ? [''] : []),
  ]
}

/** Where it was written, and one next step. */
export function renderFitClosing({ run, files, notes }: FitDocument, style: Style): string[] {
  return [
    ...notes.flatMap(note => labelled('note', note, style)),
    ...labelled('wrote', `${run}   ${files.join(', ')}`, style),
    ...labelled('next', `interplay explain ${run}`, style, { whole: true }),
  ]
}

function doneText({ epochs, seconds, complete, metrics }: FitDocument): string {
  const { title } = metric(epochs.metric, kindOf(metrics.test))
  return [
    `${formatQuantity(epochs.ran, epochs.unit ?? 'epoch')} in ${formatDuration(seconds)}`,
    ...(complete ? [] : ['stopped at its time limit']),
    `best ${epochs.best} by validation ${title}`,
    'test rows used once',
  ].join('; ')
}
