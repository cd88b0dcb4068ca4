import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { drawn, intervalLayers, said } from './encodings.ts'
import { formatEffect, formatQuantity } from './format.ts'

export interface GroupIntervalsInput {
  /** The finding. */
  title: string
  groups: readonly { name: string; rows: number }[]
  /** One value a group; null where a group has none. */
  series: readonly { name: string; values: readonly ({ value: number; low: number; high: number } | null)[] }[]
  units: string
  note?: string
}

/** What each series measures on each group of rows, with 95% intervals, one under the other. */
export function groupIntervals({ title, groups, series, units, note }: GroupIntervalsInput): ChartSpec {
  const found = groups.flatMap((group, g) =>
    series.flatMap(({ name, values }) => {
      const measured = values[g]
      return measured ? [{ group, name, measured }] : []
    }),
  )
  const values = found.map(({ group, name, measured }) => ({
    group: group.name,
    series: name,
    value: drawn(measured.value),
    low: drawn(measured.low),
    high: drawn(measured.high),
    text: `${group.name}, ${name}: ${formatEffect(measured)} over ${formatQuantity(group.rows, 'row')}`,
  }))
  const names = series.map(({ name }) => name)
  const x = { type: 'quantitative', title: units, scale: { zero: false }, axis: { tickCount: 5 } }
  const offset = { field: 'series', type: 'nominal', sort: names }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'group', format: 'text' },
          { title: 'rows', format: 'count' },
          { title: 'series', format: 'text' },
          { title: units, format: 'metric' },
          { title: 'low', format: 'metric' },
          { title: 'high', format: 'metric' },
        ],
        rows: found.map(({ group, name, measured: { value, low, high } }) => [
          group.name,
          group.rows,
          name,
          value,
          low,
          high,
        ]),
      },
      sampleSize: formatQuantity(
        groups.reduce((sum, group) => sum + group.rows, 0),
        'row',
      ),
      units,
      note,
    },
    {
      width: chartWidth,
      height: 60 + 18 * groups.length * series.length,
      autosize: { type: 'fit', contains: 'padding' },
      data: { values },
      encoding: {
        y: {
          field: 'group',
          type: 'nominal',
          sort: groups.map(({ name }) => name),
          title: null,
          axis: { style: 'fields', ticks: false, domain: false },
        },
        yOffset: offset,
      },
      layer: [
        ...intervalLayers(values, x),
        {
          mark: { type: 'point', filled: true, size: 50 },
          encoding: {
            x: { ...x, field: 'value' },
            color: { ...offset, legend: { title: null, columns: 1 } },
            shape: offset,
            ...said,
          },
        },
      ],
    },
  )
}
