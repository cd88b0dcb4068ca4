import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn } from './encodings.ts'
import { dashes } from './theme.ts'

export interface AblationSeries {
  name: string
  /** By how many are kept, ascending. */
  points: readonly { kept: number; score: number }[]
}

export interface AblationInput {
  title: string
  /** At most four. */
  series: readonly AblationSeries[]
  /** What is kept: `directions of attended`. */
  what: string
  /** `accuracy` */
  score: string
  sampleSize: string
}

/** A score against how much of a network is kept (log), a line for each way to choose what goes. */
export function ablationCurves({ title, series, what, score, sampleSize }: AblationInput): ChartSpec {
  const values = series.flatMap(({ name, points }) =>
    points.map(({ kept, score: value }) => ({ series: name, kept, score: drawn(value) })),
  )
  const names = { field: 'series', type: 'nominal', sort: null, legend: series.length > 1 ? { title: null } : null }
  return chart(
    {
      title,
      sampleSize,
      units: score,
      table: {
        columns: [
          { title: 'basis', format: 'text' },
          { title: `${what} kept`, format: 'count' },
          { title: score, format: 'metric' },
        ],
        rows: series.flatMap(({ name, points }) => points.map(({ kept, score: value }) => [name, kept, value])),
      },
    },
    singleView(260, {
      data: { values },
      mark: { type: 'line', point: { size: 20 } },
      encoding: {
        x: { field: 'kept', type: 'quantitative', title: `${what} kept`, scale: { type: 'log', nice: false } },
        y: { field: 'score', type: 'quantitative', title: score, scale: { zero: false } },
        color: names,
        strokeDash: { ...names, scale: { range: dashes.slice(0, series.length) } },
      },
    }),
  )
}
