import { singleView } from './chart.ts'
import { said } from './encodings.ts'

interface Place {
  x: number
  y: number
}

export interface LinkedColumns {
  /** Pixels. */
  height: number
  /** Ends of both axes; downwards is more. */
  x: readonly [number, number]
  y: readonly [number, number]
  nodes: readonly (Place & { text: string; kind: string })[]
  /** What the colours tell, as their legend is titled. */
  colours: { title: string | null; sort?: null }
  filled?: boolean
  links: readonly (Place & { x2: number; y2: number; width: number; text: string })[]
  /** Widths in pixels of the least and the widest link. */
  widths: readonly [number, number]
  labels: readonly { values: readonly (Place & { name: string })[]; mark: object }[]
}

/** Nodes in columns from left to right, links of some width between them, and labels: trees and layers of networks. */
export const linkedColumns = ({ height, x, y, nodes, colours, filled, links, widths, labels }: LinkedColumns) =>
  singleView(height, {
    encoding: {
      x: { field: 'x', type: 'quantitative', axis: null, scale: { domain: x } },
      y: { field: 'y', type: 'quantitative', axis: null, scale: { domain: y, reverse: true } },
    },
    layer: [
      {
        data: { values: links },
        mark: { type: 'rule', opacity: 0.45 },
        encoding: {
          x2: { field: 'x2' },
          y2: { field: 'y2' },
          size: { field: 'width', type: 'quantitative', legend: null, scale: { range: widths } },
          ...said,
        },
      },
      {
        data: { values: nodes },
        mark: { type: 'point', size: 60, ...(filled && { filled }) },
        encoding: {
          color: {
            field: 'kind',
            type: 'nominal',
            legend: { title: colours.title },
            ...(colours.sort === null && { sort: null }),
          },
          ...said,
        },
      },
      ...labels.map(({ values, mark }) => ({
        data: { values },
        mark: { type: 'text', aria: false, ...mark },
        encoding: { text: { field: 'name', type: 'nominal' } },
      })),
    ],
  })
