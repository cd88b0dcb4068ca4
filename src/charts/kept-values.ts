import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { rampScale, said } from './encodings.ts'
import { formatCount, formatQuantity, formatShare } from './format.ts'

export interface KeptValuesInput {
  /** Fields with their values from the most frequent on, each kept or not. */
  fields: readonly { field: string; kept: readonly boolean[] }[]
  rows: number
}

/** Cells in which the values of a field are drawn, at most. */
const cells = 40

/** A strip a field, its values from the most frequent on: the share of each part that a selection keeps. */
export function keptValues({ fields, rows }: KeptValuesInput): ChartSpec {
  const of = (kept: readonly boolean[]) => kept.filter(Boolean).length
  const total = fields.reduce((sum, { kept }) => sum + kept.length, 0)
  const all = fields.reduce((sum, { kept }) => sum + of(kept), 0)
  const values = fields.flatMap(({ field, kept }) => {
    const count = Math.min(cells, kept.length)
    return Array.from({ length: count }, (_, cell) => {
      const [from, to] = [cell, cell + 1].map(edge => Math.round((edge * kept.length) / count)) as [number, number]
      const part = kept.slice(from, to)
      return {
        field,
        from: cell / count,
        to: (cell + 1) / count,
        share: of(part) / part.length,
        text: `${field}, values ${from + 1} to ${to} by frequency: ${of(part)} of ${part.length} kept`,
      }
    })
  })
  const order = fields.map(({ field }) => field)
  return chart(
    {
      title: `${formatCount(all)} of ${formatCount(total)} values are kept (${formatShare(all / Math.max(total, 1))})`,
      table: {
        columns: [
          { title: 'field', format: 'field' },
          { title: 'values', format: 'count' },
          { title: 'kept', format: 'count' },
          { title: 'share', format: 'share' },
        ],
        rows: fields.map(({ field, kept }) => [field, kept.length, of(kept), of(kept) / Math.max(kept.length, 1)]),
      },
      sampleSize: formatQuantity(rows, 'training row'),
      units: 'share of values kept',
      note: 'From left to right the values of a field from the most to the least frequent.',
    },
    {
      width: chartWidth,
      height: 60 + 20 * fields.length,
      autosize: { type: 'fit', contains: 'padding' },
      data: { values },
      mark: { type: 'rect' },
      encoding: {
        x: { field: 'from', type: 'quantitative', title: null, axis: null, scale: { domain: [0, 1] } },
        x2: { field: 'to' },
        y: {
          field: 'field',
          type: 'nominal',
          title: null,
          scale: { domain: order, paddingInner: 0.2 },
          axis: { style: 'fields', ticks: false, domain: false },
        },
        color: {
          field: 'share',
          type: 'quantitative',
          title: 'share kept',
          scale: { ...rampScale, domain: [0, 1] },
        },
        ...said,
      },
    },
  )
}
