import { formatDuration, formatQuantity } from '../../charts/format.ts'
import type { PredictDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'

/** How many rows were answered, and where the answers are. */
export const renderPredict = ({ rows, seconds, out }: PredictDocument, style: Style): string[] => [
  ...labelled('done', `${formatQuantity(rows, 'row')} in ${formatDuration(seconds)}`, style, { paint: style.good }),
  ...labelled('wrote', out ?? 'standard output', style),
]
