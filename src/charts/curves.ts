import { chart, singleView, type ChartSpec, type Table, type View } from './chart.ts'
import { drawn, reference, thinCurve } from './encodings.ts'
import { formatMeasured, formatQuantity, formatShare, type Measured } from './format.ts'
import { dashes } from './theme.ts'

/** One predictor's curve; `x` and `y` run from the strictest threshold to the loosest. */
export interface CurveSeries {
  name: string
  x: ArrayLike<number>
  y: ArrayLike<number>
  /** AUC, or average precision. */
  area: Measured
}

export interface CurveInput {
  /** At most four, the model first. */
  series: CurveSeries[]
  positives: number
  negatives: number
  /** Name of the positive class. */
  positiveClass: string
}

/** ROC curves (x false, y true positive rate) over the diagonal of chance. */
export function rocChart(input: CurveInput): ChartSpec {
  const diagonal = [0, 1].map(at => ({ x: at, y: at }))
  return curveChart(input, {
    title: `AUC: ${areas(input.series)}`,
    axes: ['false positive rate', 'true positive rate'],
    behind: diagonal,
    note: 'The dashed diagonal is chance.',
  })
}

/** Precision-recall curves (x recall, y precision) over the base rate. */
export function precisionRecallChart(input: CurveInput): ChartSpec {
  const base = input.positives / (input.positives + input.negatives)
  const series = input.series.map(found)
  const { name, x: recall, y: precision } = series[0]!
  const half = Array.from(recall).findIndex(value => value >= 0.5)
  return curveChart(
    { ...input, series },
    {
      title: `Where ${name} finds half of the ${input.positiveClass} rows, ${formatShare(precision[half])} of its calls are right (base rate ${formatShare(base)})`,
      axes: ['recall', 'precision'],
      behind: [0, 1].map(at => ({ x: at, y: base })),
      note: `Average precision: ${areas(input.series)}. The dashed line is the base rate.`,
    },
  )
}

/** Without the points that find no positive row: their precision of 0 says nothing. */
function found({ x, y, ...about }: CurveSeries): CurveSeries {
  const first = Array.from(x).findIndex(recall => recall > 0)
  return { ...about, x: Array.prototype.slice.call(x, first), y: Array.prototype.slice.call(y, first) }
}

const areas = (series: CurveSeries[]) => series.map(({ name, area }) => `${name} ${formatMeasured(area)}`).join('; ')

interface CurveText {
  title: string
  axes: [string, string]
  behind: { x: number; y: number }[]
  note: string
}

function curveChart({ series, positives, negatives, positiveClass }: CurveInput, text: CurveText): ChartSpec {
  const thinned = series.map(({ name, x, y }) => ({ name, points: thinCurve(x, y) }))
  const table: Table = {
    columns: [
      { title: 'predictor', format: 'text' },
      ...text.axes.map(title => ({ title, format: 'metric' as const })),
    ],
    rows: thinned.flatMap(({ name, points }) => points.map(({ x, y }) => [name, x, y])),
  }
  const sampleSize = `${formatQuantity(positives, 'row')} ${positiveClass}, ${formatQuantity(negatives, 'other row')}`
  const lines = thinned.flatMap(({ name, points }) =>
    points.map(({ x, y }, order) => ({ series: name, x: drawn(x), y: drawn(y), order })),
  )
  const [x, y] = text.axes.map((title, i) => ({
    field: 'xy'[i],
    type: 'quantitative',
    title,
    scale: { domain: [0, 1] },
    axis: { tickCount: 5 },
  }))
  return chart(
    { title: text.title, table, sampleSize, units: 'share of rows', note: text.note },
    singleView(290, {
      encoding: { x, y },
      layer: [{ data: { values: text.behind }, mark: reference }, seriesLayer(lines, series.length)],
    }),
  )
}

function seriesLayer(values: object[], count: number): View {
  const names = { field: 'series', type: 'nominal', sort: null, legend: count > 1 ? { title: null, columns: 2 } : null }
  return {
    data: { values },
    mark: { type: 'line', aria: false },
    encoding: {
      order: { field: 'order', type: 'quantitative' },
      color: names,
      strokeDash: { ...names, scale: { range: dashes.slice(0, count) } },
    },
  }
}
