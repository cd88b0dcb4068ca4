import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { referenceRule, said } from './encodings.ts'
import { formatCount, formatEffect, formatQuantity } from './format.ts'

export interface InfluenceInput {
  /** Training rows, in the order they are drawn: by number, what they say, and how far one more copy would move the answer. */
  rows: readonly { number: number; says: string; value: number }[]
  /** Of which answer: `row 17`, or `each row itself`. */
  on: string
  units: string
  /** Training rows in all. */
  of: number
}

/** A bar a training row: right where one more copy of it would raise the answer, left where it would lower it. */
export function influenceBars({ rows, on, units, of }: InfluenceInput): ChartSpec {
  const values = rows.map(({ number, says, value }) => ({
    name: `row ${number}`,
    value,
    text: `row ${number}: ${formatEffect({ value })} ${units}; ${says}`,
  }))
  const first = [...rows].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]
  return chart(
    {
      title: first
        ? `Training row ${formatCount(first.number)} has the most influence on ${on}: ${formatEffect({ value: first.value })} ${units}`
        : 'No influence was measured',
      table: {
        columns: [
          { title: 'row', format: 'count' },
          { title: units, format: 'number' },
          { title: 'what it says', format: 'text' },
        ],
        rows: rows.map(({ number, value, says }) => [number, value, says]),
      },
      sampleSize: formatQuantity(of, 'training row'),
      units,
      note: 'What one more copy of the row would do, to first order, through the tracked layers; its removal does the opposite.',
    },
    {
      width: chartWidth,
      height: 46 + 18 * values.length,
      autosize: { type: 'fit', contains: 'padding' },
      layer: [
        {
          data: { values },
          mark: { type: 'bar', height: { band: 0.62 } },
          encoding: {
            y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } },
            x: { field: 'value', type: 'quantitative', title: units, axis: { tickCount: 4 } },
            ...said,
          },
        },
        referenceRule('x', 0),
      ],
    },
  )
}
