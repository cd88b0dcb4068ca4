import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatNumber, formatPValue } from './format.ts'

export interface CausalGraphInput {
  title: string
  nodes: readonly string[]
  /** By node its band, from 0 at the left: causes stand left of their effects. */
  bands: readonly number[]
  /** By place of the nodes; an edge without a direction has `directed` false. */
  edges: readonly { from: number; to: number; directed: boolean; p: number; share?: number }[]
  sampleSize: string
  note?: string
}

const shortened = 0.14

/** Columns as nodes in bands of layers, an arrow from cause to effect as wide as its p value is small; a line where no direction is known. */
export function causalGraph({ title, nodes, bands, edges, sampleSize, note }: CausalGraphInput): ChartSpec {
  const members = (band: number) => [...bands.keys()].filter(node => bands[node] === band)
  const depth = Math.max(...bands.map((_, node) => members(bands[node]!).length))
  const last = Math.max(1, ...bands)
  const places = nodes.map((name, node) => {
    const own = members(bands[node]!)
    return { name, x: bands[node]! / last, y: (own.indexOf(node) + 0.5) / own.length, text: name }
  })
  const links = edges.map(({ from, to, directed, p, share }) => {
    const [a, b] = [places[from]!, places[to]!]
    const [dx, dy] = [b.x - a.x, b.y - a.y]
    return {
      x: a.x + shortened * dx,
      y: a.y + shortened * dy,
      x2: b.x - shortened * dx,
      y2: b.y - shortened * dy,
      angle: 90 + (Math.atan2(dy * height, dx * width) * 180) / Math.PI,
      directed,
      strength: Math.min(16, -Math.log10(Math.max(p, 1e-16))),
      text: `${a.name} ${directed ? '→' : '–'} ${b.name}: ${formatPValue(p)}${share === undefined ? '' : `, in ${formatNumber(share)} of the resamples`}`,
    }
  })
  const scale = (domain: number[], reverse = false) => ({ domain, nice: false, reverse })
  const x = { field: 'x', type: 'quantitative', axis: null, scale: scale([-0.12, 1.12]) }
  const y = { field: 'y', type: 'quantitative', axis: null, scale: scale([0, 1], true) }
  return chart(
    {
      title,
      table: {
        columns: [
          { title: 'from', format: 'field' },
          { title: 'to', format: 'field' },
          { title: 'direction', format: 'text' },
          { title: 'p', format: 'number' },
          { title: 'share of resamples', format: 'number' },
        ],
        rows: edges.map(({ from, to, directed, p, share }) => [
          nodes[from]!,
          nodes[to]!,
          directed ? 'known' : 'not known',
          p,
          share ?? null,
        ]),
      },
      sampleSize,
      units: 'p value',
      note,
    },
    singleView(Math.max(140, 60 * depth), {
      encoding: { x, y },
      layer: [
        {
          data: { values: links },
          mark: { type: 'rule', opacity: 0.6 },
          encoding: {
            x2: { field: 'x2' },
            y2: { field: 'y2' },
            size: {
              field: 'strength',
              type: 'quantitative',
              legend: null,
              scale: { domain: [0, 16], range: [0.6, 4] },
            },
            ...said,
          },
        },
        {
          data: { values: links.filter(({ directed }) => directed) },
          mark: { type: 'point', shape: 'triangle-up', filled: true, size: 90, aria: false },
          encoding: {
            x: { ...x, field: 'x2' },
            y: { ...y, field: 'y2' },
            angle: { field: 'angle', type: 'quantitative', scale: null },
          },
        },
        { data: { values: places }, mark: { type: 'point', filled: true, size: 70 }, encoding: said },
        {
          data: { values: places },
          mark: { type: 'text', style: 'fieldText', dy: -10, aria: false },
          encoding: { text: { field: 'name', type: 'nominal' } },
        },
      ],
    }),
  )
}

/** Only the slope of an arrow rests on them. */
const [width, height] = [320, 200]
