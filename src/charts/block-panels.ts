import { chart, type ChartSpec } from './chart.ts'
import { divergingScale, drawn, said } from './encodings.ts'
import { formatNumber } from './format.ts'

export interface BlockPanelsInput {
  /** The finding. */
  title: string
  rows: readonly string[]
  columns: readonly string[]
  /** Side by side, on one scale: values [rows, columns] row-major. */
  panels: readonly { name: string; values: ArrayLike<number> }[]
  rowTitle: string
  columnTitle: string
  units: string
  sampleSize: string
  note?: string
}

/** Matrices of signed numbers of one unit side by side, so that they are read against each other. */
export function blockPanels(input: BlockPanelsInput): ChartSpec {
  const { title, rows, columns, panels, rowTitle, columnTitle, units, sampleSize, note } = input
  const cells = panels.flatMap(({ name, values }) =>
    Array.from(values, (value, at) => ({
      panel: name,
      row: rows[Math.floor(at / columns.length)]!,
      column: columns[at % columns.length]!,
      value: drawn(value),
      label: formatNumber(value, 2),
      text: `${name}, ${rows[Math.floor(at / columns.length)]}, ${columns[at % columns.length]}: ${formatNumber(value)} ${units}`,
    })),
  )
  const reach = Math.max(...cells.map(({ value }) => Math.abs(value))) || 1
  const axis = { ticks: false, domain: false, labelLimit: 130 }
  const position = {
    x: { field: 'column', type: 'nominal', sort: columns, title: columnTitle, axis: { ...axis, labelAngle: 0 } },
    y: { field: 'row', type: 'nominal', sort: rows, title: rowTitle, axis },
  }
  const label = { encoding: { ...position, text: { field: 'label', type: 'nominal' } } }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'panel', format: 'text' },
          { title: rowTitle, format: 'text' },
          { title: columnTitle, format: 'text' },
          { title: units, format: 'number' },
        ],
        rows: panels.flatMap(({ name, values }) =>
          Array.from(values, (value, at) => [
            name,
            rows[Math.floor(at / columns.length)]!,
            columns[at % columns.length]!,
            value,
          ]),
        ),
      },
      sampleSize,
      units,
      note,
    },
    {
      data: { values: cells },
      facet: { column: { field: 'panel', type: 'nominal', sort: panels.map(({ name }) => name), title: null } },
      spacing: 10,
      spec: {
        width: { step: 34 },
        height: { step: 22 },
        layer: [
          {
            mark: { type: 'rect', style: 'bin' },
            encoding: {
              ...position,
              color: {
                field: 'value',
                type: 'quantitative',
                scale: divergingScale(reach),
                legend: { title: units, values: [-reach, 0, reach], format: '.2~r' },
              },
              ...said,
            },
          },
          { mark: { type: 'text', style: 'halo', aria: false }, ...label },
          { mark: { type: 'text', style: 'label', aria: false }, ...label },
        ],
      },
    },
  )
}
