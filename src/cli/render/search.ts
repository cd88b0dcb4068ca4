import { formatBytes, formatCount, formatDuration, formatMetric } from '../../charts/format.ts'
import { metric } from '../../metrics/index.ts'
import type { SearchDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import { renderFit } from './fit.ts'
import { kindOf } from './metrics.ts'

/** Every candidate with what it costs, then the chosen one as `fit` shows it. */
export function renderSearch(document: SearchDocument, style: Style): string[] {
  const { candidates, best, front, epochs, metrics } = document
  const { name, title } = metric(epochs.metric, kindOf(metrics.test))
  const timed = candidates.every(({ cost }) => cost!.latency !== undefined)
  const columns = [
    { title: 'candidate', paint: style.strong },
    { title: `valid ${title}`, align: 'right' as const },
    { title: 'parameters', align: 'right' as const },
    { title: 'bytes', align: 'right' as const },
    ...(timed ? [{ title: 'latency', align: 'right' as const }] : []),
    { paint: style.good },
  ]
  const byCost = [...candidates.keys()].sort(
    (a, b) => candidates[b]!.cost!.parameters! - candidates[a]!.cost!.parameters!,
  )
  const rows = byCost.map(i => {
    const { name: own, metrics, cost } = candidates[i]!
    return [
      own,
      formatMetric(metrics[name]!),
      formatCount(cost!.parameters!),
      formatBytes(cost!.bytes!),
      ...(timed ? [formatDuration(cost!.latency)] : []),
      i === best ? 'chosen' : front.includes(i) ? 'on the front' : '',
    ]
  })
  return [...table(columns, rows, style), '', ...renderFit({ ...document, ...asFit }, style)]
}

const asFit = { schema: 'interplay.fit/1', command: 'fit' } as const

/** What the choice means, where it was written, and one next step. */
export function renderSearchClosing({ run, files, notes }: SearchDocument, style: Style): string[] {
  return [
    ...notes.flatMap(note => labelled('note', note, style)),
    ...labelled('wrote', `${run}   ${files.join(', ')}`, style),
    ...labelled('next', `interplay explain ${run}`, style, { whole: true }),
  ]
}
