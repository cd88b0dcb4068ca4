import { formatMeasured, type Measured } from '../../charts/format.ts'
import { metric, type TaskKind } from '../../metrics/index.ts'
import { table, type Column, type Row } from '../terminal/table.ts'
import type { Style } from '../terminal/style.ts'

export type Metrics = Record<string, Measured>

export interface Scored {
  name: string
  metrics: Metrics
}

/** The metrics a first page shows; where positives are rare, precision and recall come first. */
const shown: Record<TaskKind, string[]> = {
  binary: ['auc', 'logLoss'],
  multiclass: ['logLoss', 'accuracy'],
  regression: ['rmse', 'r2'],
}

export const kindOf = (metrics: Metrics): TaskKind =>
  'auc' in metrics ? 'binary' : 'rmse' in metrics ? 'regression' : 'multiclass'

/** One line a model, one column a metric with its interval. */
export function renderMetrics(models: readonly Scored[], style: Style, { rare = false } = {}): string[] {
  const kind = kindOf(models[0]?.metrics ?? {})
  const wanted = kind === 'binary' && rare ? ['precision', 'recall', 'auc'] : shown[kind]
  const told = wanted.filter(name =>
    models.some(({ metrics }) => metrics[name]?.value != null && !Number.isNaN(metrics[name].value)),
  )
  const names = told.length > 0 ? told : ['logLoss']
  const columns: Column[] = [{}]
  const rows: string[][] = models.map(model => [model.name])
  for (const [index, name] of names.entries()) {
    const { title, inTargetUnits } = metric(name, kind)
    const cells = models.map(({ metrics }) =>
      split(formatMeasured(metrics[name] ?? { value: null }, { inTargetUnits })),
    )
    columns.push(...titled(index === 0 ? `test ${title}` : title, cells))
    for (const [row, cell] of cells.entries()) rows[row]!.push(cell.value, cell.interval)
  }
  return table(columns, rows as Row[], style)
}

interface MeasuredCell {
  value: string
  interval: string
}

function split(text: string): MeasuredCell {
  const [value = '', interval] = text.split(' [')
  return { value, interval: interval === undefined ? '' : `[${interval}` }
}

/** The title stands over the middle of the interval; over the value where no row has an interval. */
function titled(title: string, cells: MeasuredCell[]): Column[] {
  const width = Math.max(...cells.map(cell => cell.interval.length))
  if (width === 0) return [{ title, align: 'right' }, { gap: 0 }]
  const before = ' '.repeat(Math.max(0, Math.floor((width - title.length) / 2)))
  return [{ align: 'right' }, { title: before + title, gap: 1 }]
}
