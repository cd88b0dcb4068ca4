import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, referenceRule, said } from './encodings.ts'
import { formatEffect, formatNumber } from './format.ts'
import { dashes } from './theme.ts'

/** One curve with its 95% band. */
export interface BandCurve {
  name: string
  mean: readonly number[]
  low: readonly number[]
  high: readonly number[]
}

export interface BandCurvesInput {
  /** Of the horizontal axis. */
  field: string
  at: readonly number[]
  /** Four at most: more are drawn in charts of their own. */
  curves: readonly BandCurve[]
  /** The finding; by default the curve that moves most. */
  title?: string
  units: string
  sampleSize: string
  note?: string
}

/** Curves over one number, each a line with its band. */
export function bandCurves({ field, at, curves, title, units, sampleSize, note }: BandCurvesInput): ChartSpec {
  const values = curves.flatMap(({ name, mean, low, high }) =>
    at.map((x, i) => ({
      x,
      name,
      mean: drawn(mean[i]!),
      low: drawn(low[i]!),
      high: drawn(high[i]!),
      text: `${name} at ${field} ${formatNumber(x)}: ${formatEffect({ value: mean[i]!, low: low[i]!, high: high[i]! })}`,
    })),
  )
  const names = curves.map(curve => curve.name)
  const x = {
    field: 'x',
    type: 'quantitative',
    title: field,
    scale: { zero: false, nice: false },
    axis: { tickCount: 5 },
  }
  const y = { type: 'quantitative', axis: { title: units, tickCount: 5 } }
  const legend = names.length > 1 ? { title: null } : null
  const color = { field: 'name', type: 'nominal', scale: { domain: names, range: 'category' }, legend }
  const strokeDash = { ...color, scale: { domain: names, range: dashes.slice(0, names.length) } }
  return chart(
    {
      title: title ?? mostMoving(field, at, curves),
      table: {
        columns: [
          { title: 'curve', format: 'text' },
          { title: field, format: 'number' },
          { title: units, format: 'number' },
          { title: 'low', format: 'number' },
          { title: 'high', format: 'number' },
        ],
        rows: curves.flatMap(({ name, mean, low, high }) => at.map((x, i) => [name, x, mean[i]!, low[i]!, high[i]!])),
      },
      sampleSize,
      units,
      note,
    },
    singleView(220, {
      layer: [
        referenceRule('y', 0),
        {
          data: { values },
          mark: { type: 'area', opacity: 0.18, aria: false },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
        },
        {
          data: { values },
          mark: { type: 'line', aria: false },
          encoding: { x, y: { ...y, field: 'mean' }, color, strokeDash },
        },
        {
          data: { values },
          mark: { type: 'point', size: 14, filled: true, opacity: 0 },
          encoding: { x, y: { ...y, field: 'mean' }, ...said },
        },
      ],
    }),
  )
}

function mostMoving(field: string, at: readonly number[], curves: readonly BandCurve[]): string {
  const spans = curves.map(({ mean }) => Math.max(...mean) - Math.min(...mean))
  const most = spans.indexOf(Math.max(...spans))
  const { mean, name } = curves[most]!
  const [lowest, highest] = [Math.min(...mean), Math.max(...mean)].map(value => at[mean.indexOf(value)]!)
  return `${field}: ${name} moves most, by ${formatNumber(spans[most]!)} from ${formatNumber(lowest!)} to ${formatNumber(highest!)}`
}
