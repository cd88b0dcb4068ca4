import { chart, singleView, type ChartSpec } from './chart.ts'
import { reference, said } from './encodings.ts'
import { formatCount, formatMeasured, formatMetric, formatQuantity } from './format.ts'

export interface CalibrationPoint {
  /** Mean prediction of the bin. */
  predicted: number
  observed: { value: number; low: number; high: number }
  rows: number
}

/** What was predicted against what came, a point a bin of equal row counts with its 95% interval. */
export function calibrationChart(bins: CalibrationPoint[], positiveClass: string): ChartSpec {
  const values = bins.map(({ predicted, observed, rows }) => ({
    predicted,
    observed: observed.value,
    low: observed.low,
    high: observed.high,
    text: `predicted ${formatMetric(predicted)}, came ${formatMeasured(observed)}, ${formatQuantity(rows, 'row')}`,
  }))
  const reach = Math.min(1, Math.max(...values.flatMap(bin => [bin.predicted, bin.high])) * 1.05)
  const y = { field: 'observed', type: 'quantitative', title: `share ${positiveClass}`, scale: { domain: [0, reach] } }
  return chart(
    {
      title: finding(bins),
      table: {
        columns: [
          { title: 'mean prediction', format: 'metric' },
          { title: `share ${positiveClass}`, format: 'metric' },
          { title: 'low', format: 'metric' },
          { title: 'high', format: 'metric' },
          { title: 'rows', format: 'count' },
        ],
        rows: bins.map(({ predicted, observed, rows }) => [
          predicted,
          observed.value,
          observed.low,
          observed.high,
          rows,
        ]),
      },
      sampleSize: formatQuantity(
        bins.reduce((sum, bin) => sum + bin.rows, 0),
        'row',
      ),
      units: 'probability',
      note: `Bins hold about ${formatCount(bins[0]?.rows)} rows each; bars are 95% intervals; on the dashed line predictions come true.`,
    },
    singleView(290, {
      data: { values },
      encoding: {
        x: {
          field: 'predicted',
          type: 'quantitative',
          title: 'mean prediction',
          scale: { domain: [0, reach] },
          axis: { tickCount: 5 },
        },
      },
      layer: [
        {
          data: { values: [0, reach].map(at => ({ predicted: at, observed: at })) },
          mark: reference,
          encoding: { y },
        },
        {
          mark: { type: 'rule', style: 'interval', aria: false },
          encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        { mark: { type: 'point', size: 50 }, encoding: { y, ...said } },
      ],
    }),
  )
}

function finding(bins: CalibrationPoint[]): string {
  const tooHigh = bins.filter(bin => bin.predicted > bin.observed.high).length
  const tooLow = bins.filter(bin => bin.predicted < bin.observed.low).length
  const agree = bins.length - tooHigh - tooLow
  const off = [tooHigh > 0 ? `too high in ${tooHigh}` : '', tooLow > 0 ? `too low in ${tooLow}` : ''].filter(Boolean)
  const held = `Predictions agree with what came in ${agree} of ${formatQuantity(bins.length, 'bin')}`
  return off.length === 0 ? held : `${held}; they are ${off.join(' and ')}`
}
