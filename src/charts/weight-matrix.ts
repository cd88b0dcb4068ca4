import { chart, type ChartSpec } from './chart.ts'
import { drawn, rampScale, said } from './encodings.ts'
import { formatNumber, formatQuantity } from './format.ts'

export interface WeightMatrixInput {
  /** The finding. */
  title: string
  /** What the rows and the columns are: `step`, `field`. */
  of: { rows: string; columns: string }
  rows: readonly string[]
  columns: readonly string[]
  /** [rows, columns], row-major, none below zero. */
  weights: ArrayLike<number>
  units: string
  /** Rows of data that the weights are means over; left out where they hang on no row. */
  samples?: number
  note?: string
}

/** A cell a pair of row and column: what steps pick of fields, which groups fields fall into. */
export function weightMatrix(input: WeightMatrixInput): ChartSpec {
  const { title, of, rows, columns, weights, units, samples, note } = input
  const values = Array.from(weights, (weight, at) => {
    const [row, column] = [rows[Math.floor(at / columns.length)]!, columns[at % columns.length]!]
    return { row, column, weight: drawn(weight), text: `${row}, ${column}: ${formatNumber(weight)} ${units}` }
  })
  const axis = { ticks: false, domain: false, labelLimit: 130 }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: of.rows, format: 'text' },
          { title: of.columns, format: 'text' },
          { title: units, format: 'number' },
        ],
        rows: values.map(({ row, column, weight }) => [row, column, weight]),
      },
      sampleSize: samples === undefined ? formatQuantity(columns.length, of.columns) : formatQuantity(samples, 'row'),
      units,
      ...(note ? { note } : {}),
    },
    {
      data: { values },
      width: { step: columns.length <= 30 ? 17 : 9 },
      height: { step: 22 },
      mark: { type: 'rect' },
      encoding: {
        x: { field: 'column', type: 'nominal', sort: [...columns], title: null, axis: { ...axis, labelAngle: -50 } },
        y: { field: 'row', type: 'nominal', sort: [...rows], title: null, axis },
        color: { field: 'weight', type: 'quantitative', scale: rampScale, legend: { title: units, tickCount: 3 } },
        ...said,
      },
    },
  )
}
