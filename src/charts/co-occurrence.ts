import { chart, type ChartSpec } from './chart.ts'
import { drawn, rampScale, said } from './encodings.ts'
import { formatNumber, formatQuantity } from './format.ts'

export interface CoOccurrenceInput {
  names: readonly string[]
  /** [names, names] images that show both among those that show either. */
  jaccard: ArrayLike<number>
  /** Groups of names that never occur apart, by place. */
  identical: readonly (readonly number[])[]
  images: number
}

/** How often named things occur together; those that are never apart are marked. */
export function coOccurrence({ names, jaccard, identical, images }: CoOccurrenceInput): ChartSpec {
  const width = names.length
  const never = (i: number, j: number) => i !== j && identical.some(group => group.includes(i) && group.includes(j))
  const cells = names.flatMap((row, i) =>
    names.slice(0, i).map((column, j) => {
      const value = jaccard[i * width + j]!
      const kind = never(i, j) ? 'never apart' : 'together'
      return {
        ...{ row, column, kind, value: drawn(value), mark: kind === 'together' ? '' : '=' },
        text: `${row} with ${column}: ${kind === 'together' ? `${formatNumber(value)} of the images that show either` : 'never apart'}`,
      }
    }),
  )
  const groups = identical.map(group => group.map(c => names[c]).join(' and '))
  const axis = { ticks: false, domain: false, labelLimit: 110 }
  const [x, y] = [
    { field: 'column', type: 'nominal', sort: [...names], title: null, axis: { ...axis, labelAngle: -50 } },
    { field: 'row', type: 'nominal', sort: [...names], title: null, axis },
  ]
  return chart(
    {
      title:
        groups.length > 0
          ? `${groups.slice(0, 3).join('; ')} are never apart: labels cannot tell them from each other${groups.length > 3 ? `, and ${groups.length - 3} more groups` : ''}`
          : 'Every two concepts are apart in some image',
      table: {
        columns: [
          { title: 'concept', format: 'text' },
          { title: 'with', format: 'text' },
          { title: 'together among either', format: 'share' },
          { title: 'kind', format: 'text' },
        ],
        rows: cells.map(({ row, column, value, kind }) => [row, column, value, kind]),
      },
      sampleSize: formatQuantity(images, 'image'),
      units: 'images that show both, of those that show either',
      note: '= marks two that are never apart',
    },
    {
      width: { step: names.length <= 20 ? 20 : 10 },
      height: { step: names.length <= 20 ? 20 : 10 },
      data: { values: cells },
      encoding: { x, y },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            color: {
              field: 'value',
              type: 'quantitative',
              scale: { ...rampScale, domain: [0, 1] },
              legend: { title: 'together, of either', tickCount: 3 },
            },
            ...said,
          },
        },
        {
          transform: [{ filter: "datum.kind === 'never apart'" }],
          mark: { type: 'text', fontSize: 13, fontWeight: 'bold', aria: false },
          encoding: { text: { field: 'mark', type: 'nominal' }, color: { value: '#FFFFFF' } },
        },
      ],
    },
  )
}
