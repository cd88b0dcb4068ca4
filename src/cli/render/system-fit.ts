import { formatCount, formatDuration, formatMetric, formatQuantity } from '../../charts/format.ts'
import type { VerbProgress } from '../../system/index.ts'
import type { SystemFitDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import { commandLine } from '../shell.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

/** `epoch 3 of 20   loss 0.4120`. */
export const progressLine = ({ stage, done, total, values = {} }: VerbProgress): string =>
  [
    `${stage} ${formatCount(done)} of ${formatCount(total)}`,
    ...Object.entries(values).map(([name, value]) => `${name} ${formatMetric(value)}`),
  ].join('   ')

/** What was fitted, on what, and how good it came out. */
export function renderSystemFit(document: SystemFitDocument, style: Style): string[] {
  const { system, data, parameters, metrics, notes, seconds } = document
  const names = [...new Set([...Object.keys(metrics.valid), ...Object.keys(metrics.test)])]
  const rows = names.map(name => [name, formatMetric(metrics.valid[name]), formatMetric(metrics.test[name])])
  const columns = [
    { title: '', paint: style.strong },
    { title: 'valid', align: 'right' as const },
    { title: 'test', align: 'right' as const },
  ]
  return [
    ...labelled('data', data, style),
    ...labelled('system', `${system}   ${formatQuantity(parameters, 'parameter')}`, style),
    ...labelled('done', formatDuration(seconds), style),
    ...(rows.length > 0 ? ['', ...table(columns, rows, style), ''] : []),
    ...notes.flatMap(note => labelled('note', note, style)),
  ]
}

/** Where it was written, and the words of the command that comes next. */
export const renderSystemClosing = (
  { run, files }: SystemFitDocument,
  next: readonly string[],
  style: Style,
): string[] => [
  ...labelled('wrote', `${run}   ${files.join(', ')}`, style),
  ...labelled('next', commandLine(next), style, { whole: true }),
]
