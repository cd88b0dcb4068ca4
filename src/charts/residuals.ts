import { chart, singleView, type ChartSpec } from './chart.ts'
import { reference, said } from './encodings.ts'
import { formatNumber, formatQuantity } from './format.ts'

const drawnRows = 1500
const bands = 12

/** Error against prediction: points of evenly picked rows, and the median error of twelve equal groups as a line. */
export function residualChart(targets: ArrayLike<number>, predictions: ArrayLike<number>, target: string): ChartSpec {
  const order = Array.from(targets, (_, i) => i).sort((a, b) => predictions[a]! - predictions[b]!)
  const error = (i: number) => targets[i]! - predictions[i]!
  const absolute = Float64Array.from(order, i => Math.abs(error(i))).sort()
  const every = Math.max(1, order.length / drawnRows)
  const points = Array.from({ length: Math.min(order.length, drawnRows) }, (_, k) => {
    const i = order[Math.floor(k * every)]!
    return { prediction: short(predictions[i]!), error: short(error(i)) }
  })
  const medians = Array.from({ length: Math.min(bands, order.length) }, (_, band) => {
    const rows = order.slice(
      Math.floor((band * order.length) / bands),
      Math.max(Math.floor(((band + 1) * order.length) / bands), Math.floor((band * order.length) / bands) + 1),
    )
    const prediction = median(rows.map(i => predictions[i]!))
    const middle = median(rows.map(error))
    return {
      prediction,
      error: middle,
      rows: rows.length,
      text: `predicted about ${formatNumber(prediction)}: median error ${formatNumber(middle)}, ${formatQuantity(rows.length, 'row')}`,
    }
  })
  const x = {
    field: 'prediction',
    type: 'quantitative',
    title: `predicted ${target}`,
    scale: { zero: false },
    axis: { tickCount: 5 },
  }
  const y = { field: 'error', type: 'quantitative', title: 'actual less predicted', axis: { tickCount: 5 } }
  return chart(
    {
      title: `Half of the rows are within ${formatNumber(absolute[Math.floor(absolute.length / 2)])} of their prediction`,
      table: {
        columns: [
          { title: `predicted ${target} (median)`, format: 'number' },
          { title: 'median error', format: 'number' },
          { title: 'rows', format: 'count' },
        ],
        rows: medians.map(({ prediction, error: middle, rows }) => [prediction, middle, rows]),
      },
      sampleSize: `${formatQuantity(targets.length, 'row')}${targets.length > drawnRows ? `, ${formatQuantity(drawnRows, 'point')} drawn` : ''}`,
      units: target,
      note: 'The line joins the median errors of equal groups of rows; above zero predictions are too low.',
    },
    singleView(290, {
      encoding: { x, y },
      layer: [
        { data: { values: points }, mark: { type: 'point', size: 8, opacity: 0.35, style: 'muted', aria: false } },
        {
          data: { values: [points[0], points.at(-1)].map(point => ({ prediction: point?.prediction ?? 0, error: 0 })) },
          mark: reference,
        },
        { data: { values: medians }, mark: { type: 'line', aria: false } },
        { data: { values: medians }, mark: { type: 'point', size: 36 }, encoding: { ...said } },
      ],
    }),
  )
}

const short = (value: number) => Number(value.toPrecision(4))

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort()
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}
