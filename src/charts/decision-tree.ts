import { chart, type ChartSpec } from './chart.ts'
import { formatQuantity, formatShare } from './format.ts'
import { linkedColumns } from './linked-columns.ts'

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

/** Pixels from leaf to leaf: a question stands between two of them. */
const leafHeight = 24

/**
 * A tree from left to right: a link is as wide as the rows that go along it, a colour is an answer. A node stands between
 * the leaves of its two sides, so that its question has a line of its own and no link crosses it.
 */
export function decisionTree({ title, root, sampleSize }: DecisionTreeInput): ChartSpec {
  const placed: Placed[] = []
  const links: { x: number; x2: number; y: number; y2: number; width: number; text: string }[] = []
  let leaves = 0
  const place = (node: DrawnNode, x: number, on: readonly string[]): Placed => {
    const yes = node.asks ? [place(node.yes!, x + 1, [...on, node.asks])] : []
    const y = node.asks ? leaves - 0.5 : leaves++
    const children = node.asks ? [...yes, place(node.no!, x + 1, [...on, `not ${node.asks}`])] : []
    const own = { x, y, node, on }
    for (const child of children)
      links.push({
        x,
        x2: x + 1,
        y,
        y2: child.y,
        width: child.node.rows,
        text: `${child.on.at(-1)!}: ${formatQuantity(child.node.rows, 'row')}`,
      })
    placed.push(own)
    return own
  }
  place(root, 0, [])
  const nodes = placed.map(({ x, y, node }) => ({
    x,
    y,
    kind: node.asks ? 'asked further' : node.answer,
    text: `${node.asks ?? node.answer}: ${formatQuantity(node.rows, 'row')}${node.purity === undefined ? '' : `, ${formatShare(node.purity)} ${node.answer}`}`,
  }))
  const depth = Math.max(...placed.map(({ x }) => x))
  const ends = [-0.05, depth + 0.4] as const
  const labels = Array.from({ length: depth }, (_, column) => ({
    values: placed.flatMap(({ x, y, node }) => (node.asks && x === column ? [{ x, y, name: node.asks }] : [])),
    mark: {
      style: 'label',
      align: 'left',
      dx: 9,
      limit: { expr: `width * ${(ends[1] - column) / (ends[1] - ends[0])} - 12` },
    },
  }))
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
    linkedColumns({
      height: Math.max(160, leafHeight * (leaves + 1)),
      x: ends,
      y: [-1, leaves],
      nodes,
      colours: { title: null },
      filled: true,
      links,
      widths: [0.5, 7],
      labels,
    }),
  )
}
