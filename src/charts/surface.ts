import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, rampScale, said } from './encodings.ts'
import { formatNumber } from './format.ts'

export interface SurfaceInput {
  x: { field: string; at: readonly number[] }
  y: { field: string; at: readonly number[] }
  /** [x, y], x slowest. */
  values: readonly number[]
  /** Where the surface lies among further fields: `time 12`. */
  where?: string
  /** Ends of the colour scale, shared by surfaces that are compared. */
  domain?: readonly [number, number]
  units: string
  sampleSize: string
}

/** A value over two numbers, as cells on an even grid. */
export function surface({ x, y, values, where, domain, units, sampleSize }: SurfaceInput): ChartSpec {
  const [width, height] = [halfStep(x.at), halfStep(y.at)]
  const cells = x.at.flatMap((a, i) =>
    y.at.map((b, j) => {
      const value = values[i * y.at.length + j]!
      return {
        left: drawn(a - width),
        right: drawn(a + width),
        low: drawn(b - height),
        high: drawn(b + height),
        value: drawn(value),
        text: `${x.field} ${formatNumber(a)}, ${y.field} ${formatNumber(b)}: ${formatNumber(value)} ${units}`,
      }
    }),
  )
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const at = values.indexOf(most)
  const place = `${x.field} ${formatNumber(x.at[Math.floor(at / y.at.length)]!)}, ${y.field} ${formatNumber(y.at[at % y.at.length]!)}`
  const axis = { tickCount: 5, grid: false }
  const side = { type: 'quantitative', scale: { zero: false, nice: false }, axis }
  return chart(
    {
      title: `${where === undefined ? '' : `${where}: `}highest at ${place}, ${formatNumber(most)} ${units}`,
      table: {
        columns: [
          { title: x.field, format: 'number' },
          { title: y.field, format: 'number' },
          { title: units, format: 'number' },
        ],
        rows: x.at.flatMap((a, i) => y.at.map((b, j) => [a, b, values[i * y.at.length + j]!])),
      },
      sampleSize,
      units,
    },
    singleView(280, {
      data: { values: cells },
      mark: { type: 'rect' },
      encoding: {
        x: { ...side, field: 'left', title: x.field },
        x2: { field: 'right' },
        y: { ...side, field: 'low', title: y.field },
        y2: { field: 'high' },
        color: {
          field: 'value',
          type: 'quantitative',
          scale: { ...rampScale, zero: false, domain: [...(domain ?? [least, most])] },
          legend: { title: units, tickCount: 3 },
        },
        ...said,
      },
    }),
  )
}

const halfStep = (at: readonly number[]): number => (at.length > 1 ? (at[1]! - at[0]!) / 2 : 0.5)
