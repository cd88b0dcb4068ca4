import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatQuantity, formatShare } from './format.ts'

export interface DrawnNode {
  answer: string
  rows: number
  /** Share of its rows that are answered so. */
  purity?: number
  /** What is asked here; absent in a leaf. */
  asks?: string
  yes?: DrawnNode
  no?: DrawnNode
}

export interface DecisionTreeInput {
  title: string
  root: DrawnNode
  sampleSize: string
}

interface Placed {
  x: number
  y: number
  node: DrawnNode
  on: readonly string[]
}

/** A tree from left to right: a link is as wide as the rows that go along it, a colour is an answer. */
export function decisionTree({ title, root, sampleSize }: DecisionTreeInput): ChartSpec {
  const placed: Placed[] = []
  const links: { x: number; x2: number; y: number; y2: number; rows: number; text: string }[] = []
  let leaves = 0
  const place = (node: DrawnNode, x: number, on: readonly string[]): Placed => {
    const children = node.asks
      ? [place(node.yes!, x + 1, [...on, node.asks]), place(node.no!, x + 1, [...on, `not ${node.asks}`])]
      : []
    const y = children.length > 0 ? (children[0]!.y + children[1]!.y) / 2 : leaves++
    const own = { x, y, node, on }
    for (const child of children)
      links.push({
        x,
        x2: x + 1,
        y,
        y2: child.y,
        rows: child.node.rows,
        text: `${child.on.at(-1)!}: ${formatQuantity(child.node.rows, 'row')}`,
      })
    placed.push(own)
    return own
  }
  place(root, 0, [])
  const values = placed.map(({ x, y, node }) => ({
    x,
    y,
    answer: node.asks ? 'asked further' : node.answer,
    text: `${node.asks ?? node.answer}: ${formatQuantity(node.rows, 'row')}${node.purity === undefined ? '' : `, ${formatShare(node.purity)} ${node.answer}`}`,
  }))
  const labels = placed.flatMap(({ x, y, node }) => (node.asks && x < 3 ? [{ x, y, name: node.asks }] : []))
  const depth = Math.max(...placed.map(({ x }) => x))
  const x = { field: 'x', type: 'quantitative', axis: null, scale: { domain: [-0.2, depth + 0.3] } }
  const y = { field: 'y', type: 'quantitative', axis: null, scale: { domain: [-1, leaves], reverse: true } }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'way', format: 'text' },
          { title: 'answer', format: 'text' },
          { title: 'rows', format: 'count' },
          { title: 'answered so', format: 'share' },
        ],
        rows: placed
          .filter(({ node }) => !node.asks)
          .map(({ node, on }) => [on.join(' and ') || 'always', node.answer, node.rows, node.purity ?? null]),
      },
      sampleSize,
      units: 'rows',
      note: 'From left to right; the upper branch is that of yes. Width is the number of rows that go along.',
    },
    singleView(Math.max(160, 16 * leaves), {
      encoding: { x, y },
      layer: [
        {
          data: { values: links },
          mark: { type: 'rule', opacity: 0.45 },
          encoding: {
            x2: { field: 'x2' },
            y2: { field: 'y2' },
            size: { field: 'rows', type: 'quantitative', legend: null, scale: { range: [0.5, 9] } },
            ...said,
          },
        },
        {
          data: { values },
          mark: { type: 'point', size: 60, filled: true },
          encoding: { color: { field: 'answer', type: 'nominal', legend: { title: null } }, ...said },
        },
        {
          data: { values: labels },
          mark: { type: 'text', style: 'label', dy: -8, fontSize: 8, aria: false },
          encoding: { text: { field: 'name', type: 'nominal' } },
        },
      ],
    }),
  )
}
