import { candidateChart, keptValues, toCsv, type Cell, type ChartSpec, type Table } from '../../../charts/index.ts'
import { valueName, type PreparedTable } from '../../../data/index.ts'
import { metric as metricNamed } from '../../../metrics/index.ts'
import { fieldsOf, stacked } from '../../../nn/index.ts'
import type { Candidate } from '../../../system/index.ts'
import { countsOf } from '../shared/value-counts.ts'
import { otherFields, type Selection } from './selection.ts'

/** A value of a field: how often training rows have it, and its gate's score. */
interface Value {
  value: string
  count: number
  score: number
}

type Rows = Pick<PreparedTable, 'spec' | 'encoding' | 'train'>

/** `features.csv`: field, value, count in training rows, score of the gate, kept or not; most frequent first. */
export function selectionFiles(data: Rows, selection: Selection): Record<string, string> {
  const rows: Cell[][] = [
    ...valuesOf(data, selection).flatMap(({ field, values }) =>
      values.map(({ value, count, score }): Cell[] => [field, value, count, score, score > 0 ? 'yes' : 'no']),
    ),
    ...otherFields(data.spec).map(({ name }, f): Cell[] => {
      const score = selection.fieldScores[f]!
      return [name, null, data.train.rows, score, score > 0 ? 'yes' : 'no']
    }),
  ]
  const columns: Table['columns'] = [
    { title: 'field', format: 'field' },
    { title: 'value', format: 'text' },
    { title: 'count', format: 'count' },
    { title: 'score', format: 'number' },
    { title: 'kept', format: 'text' },
  ]
  return { 'features.csv': toCsv({ columns, rows }) }
}

/** What each candidate costs against how it validates, and which values the chosen one keeps. */
export function selectionFigures(
  data: Rows,
  selection: Selection,
  candidates: readonly Candidate[],
  metric: string,
): ChartSpec[] {
  const strips = valuesOf(data, selection).map(({ field, values }) => ({
    field,
    kept: values.map(({ score }) => score > 0),
  }))
  return [
    candidateChart(candidates, metricNamed(metric, data.spec.targets[0]!.kind)),
    ...(strips.length > 0 ? [keptValues({ fields: strips, rows: data.train.rows })] : []),
  ]
}

/** The values of each categorical field, most frequent first; the one for unseen, rare and missing values by that name. */
function valuesOf({ spec, encoding, train }: Rows, { scores }: Selection): { field: string; values: Value[] }[] {
  const categorical = fieldsOf(spec, 'categorical')
  const { starts } = stacked(categorical)
  const counts = countsOf(train, spec)
  return categorical.map(({ name, size }, f) => {
    const values = Array.from({ length: size - 1 }, (_, i): Value => {
      const id = starts[f]! + 1 + i
      return { value: valueName(encoding, name, i + 1), count: counts[id]!, score: scores[id]! }
    })
    return { field: name, values: values.sort((a, b) => b.count - a.count) }
  })
}
