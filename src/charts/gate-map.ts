import { chart, singleView, type ChartSpec } from './chart.ts'
import { drawn, said } from './encodings.ts'
import { formatNumber, formatQuantity, formatShare } from './format.ts'

export interface GateMapInput {
  /** Where each row's gate lies: [rows, 2]. */
  places: ArrayLike<number>
  /** Shares of the gates' variance that the two directions hold. */
  shares: readonly [number, number]
  /** [rows, experts] */
  gates: ArrayLike<number>
  experts: readonly string[]
  /** What a row is told by: `history of 7`. */
  nameOf: (row: number) => string
}

const drawnRows = 600
/** Series that a chart tells apart. */
const series = 4

/** Which expert serves whom: each row where its gate lies along the two directions in which gates differ most. */
export function gateMap({ places, shares, gates, experts, nameOf }: GateMapInput): ChartSpec {
  const count = experts.length
  const rows = gates.length / count
  const strongest = Array.from({ length: rows }, (_, row) => {
    const own = experts.map((_, k) => Math.abs(gates[row * count + k]!))
    return own.indexOf(Math.max(...own))
  })
  const served = experts.map((_, k) => strongest.filter(own => own === k).length)
  const order = experts.map((_, k) => k).sort((a, b) => served[b]! - served[a]!)
  const named = new Set(order.slice(0, count > series ? series - 1 : count))
  const seriesOf = (k: number) => (named.has(k) ? experts[k]! : 'another')
  const every = Math.max(1, rows / drawnRows)
  const values = Array.from({ length: Math.min(rows, drawnRows) }, (_, i) => {
    const row = Math.floor(i * every)
    const own = experts.map((name, k) => `${name} ${formatNumber(gates[row * count + k])}`)
    return {
      x: drawn(places[2 * row]!),
      y: drawn(places[2 * row + 1]!),
      expert: seriesOf(strongest[row]!),
      text: `${nameOf(row)}: ${own.join(', ')}`,
    }
  })
  const axis = (field: 'x' | 'y', share: number) => ({
    field,
    type: 'quantitative',
    title: `${formatShare(share)} of how gates differ`,
    scale: { zero: false },
    axis: { tickCount: 4, grid: false },
  })
  const coded = {
    field: 'expert',
    type: 'nominal',
    scale: { domain: [...order.filter(k => named.has(k)).map(seriesOf), ...(named.size < count ? ['another'] : [])] },
    legend: { title: 'weighs most', columns: 2 },
  }
  const most = order[0]!
  return chart(
    {
      title: `${experts[most]} weighs most in ${formatShare(served[most]! / rows)} of rows; two directions hold ${formatShare(shares[0] + shares[1])} of how gates differ`,
      table: {
        columns: [
          { title: 'expert', format: 'text' },
          { title: 'rows where it weighs most', format: 'count' },
        ],
        rows: order.map(k => [experts[k]!, served[k]!]),
      },
      sampleSize: `${formatQuantity(rows, 'row')}${rows > drawnRows ? `, ${formatQuantity(drawnRows, 'point')} drawn` : ''}`,
      units: 'gate, along its principal components',
      note: 'Near points are rows whose experts are weighed alike. Gates are weights: what an expert is worth to whom, the ablation tells.',
    },
    singleView(290, {
      data: { values },
      mark: { type: 'point', size: 24, opacity: 0.7 },
      encoding: { x: axis('x', shares[0]), y: axis('y', shares[1]), color: coded, shape: coded, ...said },
    }),
  )
}
