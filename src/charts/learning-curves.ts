import { chart, type ChartSpec, type View } from './chart.ts'
import { formatMetric, formatQuantity } from './format.ts'
import { referenceRule, said } from './encodings.ts'
import { dashes } from './theme.ts'

export interface Epoch {
  epoch: number
  trainLoss?: number | null
  validLoss?: number | null
  /** The watched metric on validation rows. */
  value?: number | null
}

export interface LearningHistory {
  epochs: Epoch[]
  /** The watched metric; leave it out where that is the validation loss itself. */
  metric?: { title: string; better: 'higher' | 'lower'; inTargetUnits?: boolean }
  lossTitle: string
  /** The epoch whose weights were kept. */
  best: number
  validRows: number
}

/** Loss of training and validation rows by epoch, and the watched metric under it; a rule marks the epoch kept. */
export function learningCurves({ epochs, metric, lossTitle, best, validRows }: LearningHistory): ChartSpec {
  const losses = epochs.flatMap(({ epoch, trainLoss, validLoss }) => [
    { epoch, series: 'training', value: trainLoss },
    { epoch, series: 'validation', value: validLoss },
  ])
  const watched = epochs.map(({ epoch, value }) => ({ epoch, series: 'validation', value }))
  const legend = epochs.some(entry => entry.validLoss != null || entry.value != null)
    ? { title: null, symbolType: 'stroke', symbolSize: 250 }
    : null
  const panels = [panel(losses, lossTitle, best, metric === undefined, legend)]
  if (metric) panels.push(panel(watched, `validation ${metric.title}`, best, true, legend))
  return chart(
    {
      title: finding(epochs, metric?.title ?? lossTitle, metric?.inTargetUnits, best),
      table: {
        columns: [
          { title: 'epoch', format: 'count' },
          { title: `training ${lossTitle}`, format: 'metric' },
          { title: `validation ${lossTitle}`, format: 'metric' },
          ...(metric ? [{ title: `validation ${metric.title}`, format: 'metric' as const }] : []),
        ],
        rows: epochs.map(({ epoch, trainLoss, validLoss, value }) => [
          epoch,
          trainLoss ?? null,
          validLoss ?? null,
          ...(metric ? [value ?? null] : []),
        ]),
      },
      sampleSize: formatQuantity(validRows, 'validation row'),
      units: metric ? `${lossTitle}; ${metric.title}` : lossTitle,
      note: 'The dashed line marks the epoch whose weights were kept.',
    },
    { vconcat: panels, spacing: 12 },
  )
}

function finding(epochs: Epoch[], title: string, inTargetUnits: boolean | undefined, best: number): string {
  const kept = epochs.find(entry => entry.epoch === best)
  const reached = kept?.value ?? kept?.validLoss
  const last = epochs.at(-1)?.epoch
  if (reached == null) return `Trained for ${formatQuantity(epochs.length, 'epoch')}, without validation rows`
  const value = formatMetric(reached, { inTargetUnits })
  if (best === last) return `Validation ${title} was best at the last epoch, ${best}: ${value}`
  return `Validation ${title} was best at epoch ${best} of ${last}: ${value}`
}

function panel(
  entries: { epoch: number; series: string; value: number | null | undefined }[],
  title: string,
  best: number,
  last: boolean,
  legend: View | null,
): View {
  const values = entries
    .filter(entry => entry.value != null)
    .map(entry => ({ ...entry, text: `epoch ${entry.epoch}, ${entry.series}: ${formatMetric(entry.value)}` }))
  const known = values.map(entry => entry.value!)
  const flat = Math.max(...known) === Math.min(...known) ? { domain: [known[0]! * 0.95, known[0]! * 1.05] } : {}
  const series = { field: 'series', type: 'nominal', scale: { domain: ['validation', 'training'] } }
  const x = {
    field: 'epoch',
    type: 'quantitative',
    scale: { zero: false, nice: false },
    axis: { title: last ? 'epoch' : null, tickMinStep: 1, format: 'd', grid: false },
  }
  return {
    width: 262,
    height: 96,
    data: { values },
    layer: [
      referenceRule('x', best),
      {
        mark: { type: 'line', aria: false },
        encoding: {
          x,
          y: {
            field: 'value',
            type: 'quantitative',
            scale: { zero: false, nice: true, ...flat },
            axis: { title, tickCount: 4 },
          },
          color: { ...series, legend },
          strokeDash: { ...series, legend, scale: { ...series.scale, range: dashes } },
        },
      },
      {
        mark: { type: 'point', size: 22 },
        encoding: {
          x,
          y: { field: 'value', type: 'quantitative' },
          color: { ...series, legend },
          ...said,
        },
      },
    ],
  }
}
