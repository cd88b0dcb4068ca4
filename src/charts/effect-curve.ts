import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, referenceRule, said } from './encodings.ts'
import { formatEffect, formatQuantity } from './format.ts'

/** How an output goes with one field. */
export interface EffectCurveInput {
  field: string
  /** Numeric: places on the axis; categorical: none. */
  at?: number[]
  /** Words for the points. */
  labels: string[]
  mean: number[]
  standardError: number[]
  /** Curves of single rows, each of the length of `labels`. */
  rows?: number[][]
  /** `partial dependence`, `accumulated local effect`. */
  kind: string
  units: string
  sampleSize: number
}

/** A line with its 95% band for numbers, over faint lines of single rows; dots with intervals for categories. */
export function effectCurve(input: EffectCurveInput): ChartSpec {
  const { field, at, labels, mean, standardError, rows = [], kind, units, sampleSize } = input
  const points = mean.map((value, p) => {
    const [low, high] = [value - 1.96 * standardError[p]!, value + 1.96 * standardError[p]!]
    const text = `${field} ${labels[p]}: ${formatEffect({ value, low, high })} ${units}`
    return { x: at?.[p] ?? labels[p]!, value: drawn(value), low: drawn(low), high: drawn(high), text }
  })
  const highest = mean.indexOf(Math.max(...mean))
  const lowest = mean.indexOf(Math.min(...mean))
  const span = formatEffect({ value: mean[highest]! - mean[lowest]! })
  const x = at
    ? { field: 'x', type: 'quantitative', title: field, scale: { zero: false, nice: false }, axis: { tickCount: 5 } }
    : { field: 'x', type: 'nominal', sort: null, title: field, axis: { labelAngle: -35, labelLimit: 90 } }
  const y = { type: 'quantitative', axis: { title: units, tickCount: 5 } }
  const single = rows.flatMap((curve, row) =>
    curve.map((value, p) => ({ row, x: at?.[p] ?? labels[p]!, value: drawn(value) })),
  )
  const ends = { x, y: { ...y, field: 'low' }, y2: { field: 'high' } }
  return chart(
    {
      title: `${field}, ${kind}: ${span} ${units} from ${labels[lowest]} to ${labels[highest]}`,
      table: {
        columns: [
          { title: field, format: 'field' },
          { title: units, format: 'number' },
          { title: 'low', format: 'number' },
          { title: 'high', format: 'number' },
        ],
        rows: mean.map((value, p) => [
          labels[p]!,
          value,
          value - 1.96 * standardError[p]!,
          value + 1.96 * standardError[p]!,
        ]),
      },
      sampleSize: formatQuantity(sampleSize, 'row'),
      units,
      note: at && rows.length > 0 ? 'Faint lines are single rows, from their first point on.' : undefined,
    },
    singleView(220, {
      layer: [
        referenceRule('y', 0),
        ...(at && single.length > 0
          ? [
              {
                data: { values: single },
                mark: { type: 'line', strokeWidth: 0.6, opacity: 0.25, aria: false },
                encoding: { x, y: { ...y, field: 'value' }, detail: { field: 'row', type: 'nominal' } },
              },
            ]
          : []),
        {
          data: { values: points },
          mark: at ? { type: 'area', opacity: 0.18, aria: false } : { type: 'rule', style: 'interval', aria: false },
          encoding: ends,
        },
        ...(at
          ? [
              {
                data: { values: points },
                mark: { type: 'line', aria: false },
                encoding: { x, y: { ...y, field: 'value' } },
              },
            ]
          : []),
        {
          data: { values: points },
          mark: { type: 'point', size: 26, filled: true },
          encoding: { x, y: { ...y, field: 'value' }, ...said },
        },
      ],
    }),
  )
}
