import { chart, singleView, type ChartSpec } from './chart.ts'
import { divergingScale, drawn, said } from './encodings.ts'
import { formatNumber } from './format.ts'

export interface CellMapInput {
  /** What rows and columns are, and the name of each. */
  rows: { title: string; names: readonly string[] }
  columns: { title: string; names: readonly string[] }
  /** [rows, columns], signed. */
  values: ArrayLike<number>
  /** Of a cell, beside its value: `412 rows`. */
  says?: (row: number, column: number) => string
  /** What the greatest cell is said to do. */
  finding: string
  units: string
  sampleSize: string
  note?: string
}

/** Signed values of the cells of a table, by hue. */
export function cellMap({ rows, columns, values, says, finding, units, sampleSize, note }: CellMapInput): ChartSpec {
  const width = columns.names.length
  const cells = Array.from(values, (value, at) => {
    const [r, c] = [Math.floor(at / width), at % width]
    const name = `${rows.names[r]} with ${columns.names[c]}`
    const more = says ? `, ${says(r, c)}` : ''
    return {
      row: rows.names[r]!,
      column: columns.names[c]!,
      value: drawn(value),
      text: `${name}: ${formatNumber(value)} ${units}${more}`,
    }
  })
  const greatest = cells.reduce((best, cell) => (Math.abs(cell.value) > Math.abs(best.value) ? cell : best), cells[0]!)
  const reach = Math.max(...cells.map(({ value }) => Math.abs(value))) || 1
  const axis = { ticks: false, domain: false, labelLimit: 110 }
  return chart(
    {
      title: `${greatest.row} with ${greatest.column} ${finding}: ${formatNumber(greatest.value)} ${units}`,
      table: {
        columns: [
          { title: rows.title, format: 'text' },
          { title: columns.title, format: 'text' },
          { title: units, format: 'number' },
        ],
        rows: Array.from(values, (value, at) => [
          rows.names[Math.floor(at / width)]!,
          columns.names[at % width]!,
          value,
        ]),
      },
      sampleSize,
      units,
      note,
    },
    singleView(70 + Math.max(12, 22 - rows.names.length / 2) * rows.names.length, {
      data: { values: cells },
      mark: { type: 'rect' },
      encoding: {
        x: { field: 'column', type: 'nominal', sort: null, title: columns.title, axis: { ...axis, labelAngle: -50 } },
        y: { field: 'row', type: 'nominal', sort: null, title: rows.title, axis },
        color: {
          field: 'value',
          type: 'quantitative',
          scale: divergingScale(reach),
          legend: { title: units, tickCount: 3 },
        },
        ...said,
      },
    }),
  )
}
