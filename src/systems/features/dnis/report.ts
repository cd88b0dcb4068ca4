import { blockWidths, candidateChart, toCsv, type Cell, type ChartSpec, type Table } from '../../../charts/index.ts'
import { valueName, type PreparedTable } from '../../../data/index.ts'
import type { Metric } from '../../../metrics/index.ts'
import { fieldsOf, stacked } from '../../../nn/index.ts'
import type { Candidate } from '../../../system/index.ts'
import { countsOf } from '../shared/value-counts.ts'
import type { SearchedDimensions } from './learn.ts'
import type { DnisOptions } from './options.ts'

type Rows = Pick<PreparedTable, 'spec' | 'encoding' | 'train'>

/** Numbers of each row that are not zero. */
export function widthsOf(table: Float32Array, width: number): Int32Array {
  const widths = new Int32Array(table.length / width)
  table.forEach((weight, i) => (widths[Math.floor(i / width)]! += weight === 0 ? 0 : 1))
  return widths
}

/** `dimensions.csv`: field, value, count in training rows, dimensions kept; most frequent first. */
export function dimensionFiles({ spec, encoding, train }: Rows, table: Float32Array, width: number) {
  const categorical = fieldsOf(spec, 'categorical')
  const { starts } = stacked(categorical)
  const counts = countsOf(train, spec)
  const widths = widthsOf(table, width)
  const columns: Table['columns'] = [
    { title: 'field', format: 'field' },
    { title: 'value', format: 'text' },
    { title: 'count', format: 'count' },
    { title: 'dimensions', format: 'count' },
  ]
  const rows = categorical.flatMap(({ name, size }, f) => {
    const ids = Array.from({ length: size - 1 }, (_, i) => starts[f]! + 1 + i)
    const own = ids.map((id, i): Cell[] => [name, valueName(encoding, name, i + 1), counts[id]!, widths[id]!])
    return own.sort((a, b) => Number(b[2]) - Number(a[2]))
  })
  return { 'dimensions.csv': toCsv({ columns, rows }) }
}

/** What each rate costs against how it validates, and how wide each block came out. */
export function dimensionFigures(
  { spec, train }: Rows,
  table: Float32Array,
  { blockOf }: Pick<SearchedDimensions, 'blockOf'>,
  candidates: readonly Candidate[],
  { blocks, embeddingDimension }: DnisOptions,
  metric: Metric,
): ChartSpec[] {
  const widths = widthsOf(table, embeddingDimension)
  const counts = countsOf(train, spec)
  const paddings = new Set(stacked(fieldsOf(spec, 'categorical')).starts)
  const members = Array.from({ length: blocks }, (): number[] => [])
  blockOf.forEach((block, value) => paddings.has(value) || members[block]!.push(value))
  const mean = (values: readonly number[], of: Int32Array) =>
    values.reduce((sum, value) => sum + of[value]!, 0) / Math.max(values.length, 1)
  return [
    candidateChart(candidates, metric),
    blockWidths({
      blocks: members.map(values => ({
        values: values.length,
        count: mean(values, counts),
        width: mean(values, widths),
      })),
      whole: embeddingDimension,
      rows: train.rows,
    }),
  ]
}
