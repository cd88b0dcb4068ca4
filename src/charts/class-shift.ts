import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatShare } from './format.ts'
import { shapes } from './theme.ts'

export interface ClassShiftInput {
  classes: readonly string[]
  before: ArrayLike<number>
  after: ArrayLike<number>
  /** What was done in between: `tile 0 set absent`. */
  by: string
  /** Which image. */
  of: string
}

/** Probabilities of the classes before and after a person's correction. */
export function classShift({ classes, before, after, by, of }: ClassShiftInput): ChartSpec {
  const points = classes.flatMap((name, k) =>
    (['before', 'after'] as const).map(when => {
      const value = (when === 'before' ? before : after)[k]!
      return { name, when, value: drawn(value), text: `${name} ${when}: ${formatShare(value)}` }
    }),
  )
  const [first, last] = [before, after].map(values => {
    const list = Array.from(values)
    return classes[list.indexOf(Math.max(...list))]!
  })
  const y = { field: 'name', type: 'nominal', sort: [...classes], title: null, axis: { ticks: false, domain: false } }
  const x = {
    field: 'value',
    type: 'quantitative',
    scale: { domain: [0, 1] },
    axis: { title: 'probability', format: '.0%', tickCount: 5 },
  }
  const when = { field: 'when', type: 'nominal' }
  return chart(
    {
      title:
        first === last
          ? `${by}: ${of} stays ${first}, ${formatShare(before[classes.indexOf(first!)]!)} before and ${formatShare(after[classes.indexOf(first!)]!)} after`
          : `${by}: ${of} turns from ${first} to ${last}`,
      table: {
        columns: [
          { title: 'class', format: 'text' },
          { title: 'before', format: 'share' },
          { title: 'after', format: 'share' },
        ],
        rows: classes.map((name, k) => [name, before[k]!, after[k]!]),
      },
      sampleSize: '1 image',
      units: 'probability',
    },
    singleView(50 + 26 * classes.length, {
      data: { values: points },
      encoding: { y },
      layer: [
        {
          mark: { type: 'line', style: 'reference', strokeDash: [1, 0], aria: false },
          encoding: { x, detail: { field: 'name', type: 'nominal' } },
        },
        {
          mark: { type: 'point', size: 70, filled: true },
          encoding: {
            x,
            color: { ...when, scale: { domain: ['before', 'after'], range: 'category' }, legend: { title: null } },
            shape: {
              ...when,
              scale: { domain: ['before', 'after'], range: shapes.slice(0, 2) },
              legend: { title: null },
            },
            ...said,
          },
        },
      ],
    }),
  )
}
