import { chart, chartWidth, type ChartSpec, type View } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatMetric, formatQuantity, formatShare } from './format.ts'

const bins = 40

/** Predictions of each class, one panel a class on one scale; `labels` are 0 or 1, `classes` their names. */
export function scoreHistogram(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: [string, string],
): ChartSpec {
  const rows = [0, 0]
  const counts = [new Float64Array(bins), new Float64Array(bins)]
  for (let i = 0; i < labels.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(predictions[i]! * bins)))
    counts[labels[i]!]![bin]!++
    rows[labels[i]!]!++
  }
  const median = medianOf(labels, predictions, 1)
  const above = shareAtLeast(labels, predictions, 0, median)
  const panels = [1, 0].map(label => panel(counts[label]!, rows[label]!, classes[label]!, label === 0))
  return chart(
    {
      title: `Half of the ${classes[1]} rows get ${formatMetric(median)} or more; ${formatShare(above)} of the ${classes[0]} rows do`,
      table: {
        columns: [
          { title: 'from', format: 'number' },
          { title: 'to', format: 'number' },
          { title: `${classes[1]} rows`, format: 'count' },
          { title: `${classes[0]} rows`, format: 'count' },
        ],
        rows: Array.from({ length: bins }, (_, b) => [b / bins, (b + 1) / bins, counts[1]![b]!, counts[0]![b]!]),
      },
      sampleSize: `${formatQuantity(rows[1]!, 'row')} ${classes[1]}, ${formatQuantity(rows[0]!, 'row')} ${classes[0]}`,
      units: 'share of the class',
    },
    { vconcat: panels, spacing: 10, resolve: { scale: { y: 'independent' } } },
  )
}

function panel(counts: Float64Array, rows: number, name: string, last: boolean): View {
  const values = Array.from(counts, (count, b) => ({
    from: b / bins,
    to: (b + 1) / bins,
    share: drawn(rows === 0 ? 0 : count / rows),
    text: `${name}, ${formatMetric(b / bins)} to ${formatMetric((b + 1) / bins)}: ${formatQuantity(count, 'row')}`,
  })).filter(bar => bar.share > 0)
  return {
    title: `${name}, ${formatQuantity(rows, 'row')}`,
    width: chartWidth - 58,
    height: 96,
    data: { values },
    mark: { type: 'rect', style: 'bin' },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        scale: { domain: [0, 1] },
        axis: {
          title: last ? 'predicted probability' : null,
          tickCount: 5,
          labelOverlap: false,
          format: '.1f',
          grid: false,
        },
      },
      x2: { field: 'to' },
      y: {
        field: 'share',
        type: 'quantitative',
        scale: { domain: [0, Math.max(...values.map(bar => bar.share), 0) || 1], nice: true },
        axis: { title: 'share of class', format: '.0%', tickCount: 3 },
      },
      y2: { datum: 0 },
      ...said,
    },
  }
}

function medianOf(labels: ArrayLike<number>, predictions: ArrayLike<number>, label: number): number {
  const values = Float64Array.from(Array.from(predictions).filter((_, i) => labels[i] === label)).sort()
  return values.length === 0 ? NaN : values[Math.floor(values.length / 2)]!
}

function shareAtLeast(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  label: number,
  threshold: number,
): number {
  let rows = 0
  let above = 0
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== label) continue
    rows++
    if (predictions[i]! >= threshold) above++
  }
  return above / rows
}
