import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { referenceRule, said } from './encodings.ts'
import { formatEffect } from './format.ts'

export interface ContributionBarsInput {
  /** The finding. */
  title: string
  /** Parts of one answer, in the order they are drawn. */
  parts: readonly { name: string; value: number; says: string }[]
  units: string
  sampleSize: string
  note?: string
}

/** A bar a part of one answer: right where it speaks for it, left where against. */
export function contributionBars({ title, parts, units, sampleSize, note }: ContributionBarsInput): ChartSpec {
  const values = parts.map(({ name, value, says }) => ({
    name,
    value,
    text: `${name}: ${formatEffect({ value })} ${units}; ${says}`,
  }))
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'part', format: 'text' },
          { title: units, format: 'number' },
          { title: 'what it is', format: 'text' },
        ],
        rows: parts.map(({ name, value, says }) => [name, value, says]),
      },
      sampleSize,
      units,
      note,
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
