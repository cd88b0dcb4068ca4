import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatNumber, formatQuantity, formatSet, formatShare } from './format.ts'

export interface CrossesInput {
  /** Sets of fields that a neuron multiplies, and to which powers, in the order of the fields. */
  crosses: readonly { fields: readonly string[]; share: number; powers: readonly number[] }[]
  /** What the shares are of: all neurons over rows, or, of one row, what its neurons moved. */
  of: 'neurons' | 'contribution'
  rows: number
}

const titles = { neurons: 'share of neurons', contribution: 'share of what the neurons moved' }

/** A bar a cross: how much of the whole multiplies this set of fields. */
export function crossBars({ crosses, of, rows }: CrossesInput): ChartSpec {
  const title = titles[of]
  const named = crosses.map(({ fields, share, powers }) => ({
    name: fields.length === 0 ? 'no field' : formatSet(fields),
    share,
    powers: powers.map(power => formatNumber(power)).join(', '),
  }))
  const [first] = named
  return chart(
    {
      title: first
        ? `${first.name} is the first cross: ${formatShare(first.share)} ${title.slice('share '.length)}`
        : 'No cross was found',
      table: {
        columns: [
          { title: 'cross', format: 'field' },
          { title, format: 'share' },
          { title: 'powers', format: 'text' },
        ],
        rows: named.map(({ name, share, powers }) => [name, share, powers]),
      },
      sampleSize: formatQuantity(rows, 'row'),
      units: title,
      note: 'A cross is what a neuron multiplies, not what the answer depends on: read it beside the interaction map.',
    },
    {
      width: chartWidth,
      height: 46 + 18 * named.length,
      autosize: { type: 'fit', contains: 'padding' },
      data: {
        values: named.map(({ name, share, powers }) => ({
          name,
          share,
          text: `${name}: ${formatShare(share)}, powers ${powers || 'none'}`,
        })),
      },
      mark: { type: 'bar', height: { band: 0.62 } },
      encoding: {
        y: {
          field: 'name',
          type: 'nominal',
          sort: null,
          title: null,
          axis: { style: 'fields', ticks: false, domain: false, labelLimit: 170 },
        },
        x: { field: 'share', type: 'quantitative', title, axis: { format: '.0%', tickCount: 4 } },
        ...said,
      },
    },
  )
}
