import { formatBytes, formatCount, formatDuration, formatQuantity } from '../../charts/format.ts'
import type { EncodingDocument } from '../../verbs/index.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

/** Speed and memory of an encoding, with an empty cache and from it. */
export function renderEncoding({ input, threads, rounds, rows }: EncodingDocument, style: Style): string[] {
  const right = { align: 'right' as const }
  const columns = [
    { title: 'cache', paint: style.strong },
    { title: 'rows/s', ...right },
    { title: 'time', ...right },
    { title: 'processor', ...right },
    { title: 'peak memory', ...right },
    { title: 'encoded', ...right },
  ]
  const lines = rows.map(row => [
    row.cache,
    formatCount(Math.round(row.rowsPerSecond)),
    formatDuration(row.seconds),
    formatDuration(row.cpuSeconds),
    formatBytes(row.peakBytes),
    formatBytes(row.encodedBytes),
  ])
  const said = [
    formatQuantity(rows[0]!.rows, 'row'),
    formatQuantity(threads, 'thread'),
    formatQuantity(rounds, 'round'),
  ]
  return [`${input}, ${said.join(', ')}, median`, ...table(columns, lines, style)]
}
