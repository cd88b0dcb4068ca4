import { chart, type ChartSpec } from './chart.ts'
import { formatCount, formatNumber, formatQuantity } from './format.ts'
import { linkedColumns } from './linked-columns.ts'

export interface LayeredNode {
  name: string
  importance: number
  /** A cluster's number, from 1; undefined where it is in none. */
  cluster?: number
}

export interface LayeredEdge {
  /** Index of the layer it leaves. */
  layer: number
  /** Index of a node there, and of one in the next layer. */
  from: number
  to: number
  strength: number
}

export interface LayeredGraphInput {
  title: string
  /** From input to output; nodes by importance. */
  layers: readonly { name: string; nodes: readonly LayeredNode[] }[]
  edges: readonly LayeredEdge[]
  sampleSize: string
  units: string
}

/** Nodes drawn of a layer; the others are told. */
const most = 40
const largestEdges = 600
const colours = 4

/** Columns are layers, nodes by importance downwards; a link is as wide as the root of its strength, a colour is a cluster. */
export function layeredGraph({ title, layers, edges, sampleSize, units }: LayeredGraphInput): ChartSpec {
  const shown = layers.map(({ nodes }) => nodes.slice(0, most))
  const depth = Math.max(...shown.map(nodes => nodes.length))
  const place = (layer: number, node: number) => ((node + 0.5) * depth) / shown[layer]!.length
  const nodes = shown.flatMap((own, x) =>
    own.map(({ name, importance, cluster }, i) => ({
      x,
      y: place(x, i),
      name: cluster === undefined ? '' : String(cluster),
      kind: clusterOf(cluster),
      text: `${layers[x]!.name} ${name}: importance ${formatNumber(importance)}${cluster === undefined ? '' : `, cluster ${cluster}`}`,
    })),
  )
  const links = [...edges]
    .filter(({ layer, from, to }) => from < shown[layer]!.length && to < shown[layer + 1]!.length)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, largestEdges)
    .map(({ layer, from, to, strength }) => ({
      x: layer,
      x2: layer + 1,
      y: place(layer, from),
      y2: place(layer + 1, to),
      width: Math.sqrt(strength),
      text: `${shown[layer]![from]!.name} to ${shown[layer + 1]![to]!.name}: ${formatNumber(strength)}`,
    }))
  const left = layers.flatMap(({ name, nodes: all }) =>
    all.length > most ? [`${name}: +${formatCount(all.length - most)} more`] : [],
  )
  const heads = layers.map(({ name }, x) => ({ x, y: -depth / 12, name }))
  return chart(
    {
      title,
      sampleSize,
      units,
      table: {
        columns: [
          { title: 'from', format: 'text' },
          { title: 'to', format: 'text' },
          { title: 'strength', format: 'number' },
        ],
        rows: edges.map(({ layer, from, to, strength }) => [
          `${layers[layer]!.name} ${layers[layer]!.nodes[from]!.name}`,
          `${layers[layer + 1]!.name} ${layers[layer + 1]!.nodes[to]!.name}`,
          strength,
        ]),
      },
      note: [
        'Columns are layers from input to output, directions by importance; width is the root of the strength; the number is the cluster.',
        ...(edges.length > links.length ? [`The strongest ${formatQuantity(links.length, 'link')} are drawn.`] : []),
        ...(left.length > 0 ? [`Not drawn: ${left.join('; ')}.`] : []),
      ].join(' '),
    },
    linkedColumns({
      height: 360,
      x: [-0.25, layers.length - 0.75],
      y: [-depth / 8, depth],
      nodes,
      colours: { title: 'cluster', sort: null },
      links,
      widths: [0.3, 5],
      labels: [
        { values: nodes, mark: { style: 'label', dx: 9, fontSize: 8 } },
        { values: heads, mark: { style: 'fieldText' } },
      ],
    }),
  )
}

/** The first clusters by number, the others together: four colours are told apart. */
const clusterOf = (cluster: number | undefined): string =>
  cluster === undefined ? 'none' : cluster < colours - 1 ? String(cluster) : 'other'
