import { chart, type ChartSpec } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatCount, formatNumber, formatQuantity, formatSet, formatShare } from './format.ts'

export type MappedMethod = 'memorise' | 'factorise' | 'naive'

export interface MethodCell {
  set: readonly [string, string]
  method: MappedMethod
  /** How sure the search is of it, in [0, 1]. */
  weight: number
  /** Value pairs that are seen often enough for a vector of their own. */
  crosses: number
  /** Share of the training rows whose value pair is rare. */
  rareShare: number
}

export interface MethodMapInput {
  /** All fields, in schema order. */
  fields: readonly string[]
  cells: readonly MethodCell[]
  /** Training rows. */
  rows: number
}

const letters = { memorise: 'M', factorise: 'F', naive: 'N' } as const
const order = Object.keys(letters) as MappedMethod[]

/** Field × field, lower triangle: hue and letter say what becomes of a pair, opacity how sure the search is of it. */
export function methodMap({ fields, cells, rows }: MethodMapInput): ChartSpec {
  const place = new Map(fields.map((field, i) => [field, i]))
  const count = (method: MappedMethod) => cells.filter(cell => cell.method === method).length
  const named = (method: MappedMethod) => `${letters[method]} ${method} (${formatCount(count(method))})`
  const values = cells.map(({ set, method, weight, crosses, rareShare }) => {
    const [a, b] = set.map(field => place.get(field)!) as [number, number]
    return {
      row: fields[Math.max(a, b)]!,
      column: fields[Math.min(a, b)]!,
      method: named(method),
      letter: letters[method],
      weight: drawn(weight),
      text: `${formatSet(set)}: ${method}, weight ${formatNumber(weight)}; ${formatQuantity(crosses, 'value pair')} often enough, ${formatShare(rareShare)} of rows in rare ones`,
    }
  })
  const step = fields.length <= 30 ? 20 : 12
  const axis = {
    title: null,
    ticks: false,
    domain: false,
    style: 'fields',
    labels: fields.length <= 30,
    labelLimit: 150,
  }
  const kinds = order.map(named)
  return chart(
    {
      title: `${formatQuantity(count('memorise'), 'pair')} memorised, ${formatCount(count('factorise'))} factorised, ${formatCount(count('naive'))} left out`,
      table: {
        columns: [
          { title: 'pair', format: 'field' },
          { title: 'method', format: 'text' },
          { title: 'weight', format: 'number' },
          { title: 'value pairs', format: 'count' },
          { title: 'rare share', format: 'share' },
        ],
        rows: cells.map(({ set, method, weight, crosses, rareShare }) => [
          formatSet(set),
          method,
          weight,
          crosses,
          rareShare,
        ]),
      },
      sampleSize: formatQuantity(rows, 'training row'),
      units: 'method of a pair',
      note: 'M: a vector for each pair of values. F: a product of two vectors. N: no interaction of its own. Fainter: the search was less sure. What the search preferred, not what the answer depends on: read it beside the interaction map.',
    },
    {
      width: { step },
      height: { step },
      data: { values },
      encoding: {
        x: {
          field: 'column',
          type: 'nominal',
          scale: { domain: fields.slice(0, -1), paddingInner: 0.06 },
          axis: { ...axis, labelAngle: -50 },
        },
        y: { field: 'row', type: 'nominal', scale: { domain: [...fields], paddingInner: 0.06 }, axis },
      },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            color: { field: 'method', type: 'nominal', title: null, scale: { domain: kinds }, legend: { columns: 3 } },
            opacity: {
              field: 'weight',
              type: 'quantitative',
              scale: { domain: [0, 1], range: [0.3, 1] },
              legend: null,
            },
            ...said,
          },
        },
        ...(fields.length <= 30
          ? [
              {
                mark: { type: 'text', style: 'halo', aria: false },
                encoding: { text: { field: 'letter', type: 'nominal' } },
              },
              {
                mark: { type: 'text', style: 'label', aria: false },
                encoding: { text: { field: 'letter', type: 'nominal' } },
              },
            ]
          : []),
      ],
    },
  )
}
