import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'

export interface RankGridInput {
  title: string
  /** Top to bottom. */
  fields: readonly string[]
  /** The rank of each field from 1 in several orders; 0 where it has none. */
  rankings: readonly { name: string; ranks: readonly number[] }[]
  sampleSize: string
}

/** Fields by orders: the darker, the nearer to the first place. */
export function rankGrid({ title, fields, rankings, sampleSize }: RankGridInput): ChartSpec {
  const values = fields.flatMap((field, f) =>
    rankings.map(({ name, ranks }) => ({
      field,
      name,
      rank: ranks[f] || null,
      text: `${field} by ${name}: ${ranks[f] ? `place ${ranks[f]}` : 'no place'}`,
    })),
  )
  const axis = { ticks: false, domain: false }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'field', format: 'field' },
          ...rankings.map(({ name }) => ({ title: name, format: 'count' as const })),
        ],
        rows: fields.map((field, f) => [field, ...rankings.map(({ ranks }) => ranks[f] || null)]),
      },
      sampleSize,
      units: 'place in the order',
    },
    singleView(80 + 15 * fields.length, {
      data: { values },
      mark: { type: 'rect' },
      encoding: {
        y: { field: 'field', type: 'nominal', sort: null, title: null, axis: { ...axis, style: 'fields' } },
        x: { field: 'name', type: 'nominal', sort: null, title: null, axis: { ...axis, labelAngle: -60 } },
        color: {
          field: 'rank',
          type: 'quantitative',
          title: 'place',
          scale: { range: 'ramp', interpolate: 'lab', type: 'sqrt', reverse: true },
          legend: { tickCount: 3 },
        },
        ...said,
      },
    }),
  )
}
