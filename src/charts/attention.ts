import { chart, type ChartSpec } from './chart.ts'
import { drawn, rampScale, said } from './encodings.ts'
import { formatNumber, formatQuantity } from './format.ts'

export interface AttentionInput {
  fields: string[]
  /** Mean weights over rows of each layer and head: [fields, fields] row-major, from (row) to (column). */
  maps: { layer: number; head: number; weights: ArrayLike<number> }[]
  rows: number
}

/**
 * Mean attention by layer and head. Attention is not importance: show it only beside an interaction map, which measures
 * what the output does.
 */
export function attentionMap({ fields, maps, rows }: AttentionInput): ChartSpec {
  const size = fields.length
  const values = maps.flatMap(({ layer, head, weights }) =>
    Array.from(weights, (weight, at) => ({
      layer: `layer ${layer}`,
      head: `head ${head}`,
      from: fields[Math.floor(at / size)]!,
      to: fields[at % size]!,
      weight: drawn(weight),
      text: `layer ${layer}, head ${head}: ${fields[Math.floor(at / size)]} attends to ${fields[at % size]} with ${formatNumber(weight)}`,
    })),
  )
  const strongest = values.filter(cell => cell.from !== cell.to).sort((a, b) => b.weight - a.weight)[0]
  const axis = { ticks: false, domain: false, style: 'fields', labelLimit: 130 }
  return chart(
    {
      title: strongest
        ? `${strongest.from} attends most to ${strongest.to}: ${formatNumber(strongest.weight)} in ${strongest.layer}, ${strongest.head}`
        : 'No attention was measured',
      table: {
        columns: [
          { title: 'layer', format: 'text' },
          { title: 'head', format: 'text' },
          { title: 'from', format: 'field' },
          { title: 'to', format: 'field' },
          { title: 'weight', format: 'number' },
        ],
        rows: values.map(({ layer, head, from, to, weight }) => [layer, head, from, to, weight]),
      },
      sampleSize: formatQuantity(rows, 'row'),
      units: 'mean attention weight',
      note: 'Rows attend to columns. Attention is where the model looks, not what changes its answer: read it beside the interaction map.',
    },
    {
      data: { values },
      facet: {
        row: { field: 'layer', type: 'nominal', title: null },
        column: { field: 'head', type: 'nominal', title: null },
      },
      spacing: 10,
      spec: {
        width: { step: size <= 30 ? 13 : 8 },
        height: { step: size <= 30 ? 13 : 8 },
        mark: { type: 'rect' },
        encoding: {
          x: { field: 'to', type: 'nominal', sort: fields, title: null, axis: { ...axis, labelAngle: -50 } },
          y: { field: 'from', type: 'nominal', sort: fields, title: null, axis },
          color: {
            field: 'weight',
            type: 'quantitative',
            scale: rampScale,
            legend: { title: 'mean weight', tickCount: 3 },
          },
          ...said,
        },
      },
    },
  )
}
