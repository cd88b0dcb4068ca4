import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatMeasured, formatNumber, formatQuantity } from './format.ts'
import { bestLift, labelGap, withRoom } from './name-room.ts'

export interface ParetoPoint {
  name: string
  cost: number
  value: number
  /** 95% interval over seeds, where there were several. */
  low?: number | null
  high?: number | null
  /** A figure from a paper, not a run of ours. */
  published?: boolean
}

export interface ParetoInput {
  points: ParetoPoint[]
  /** `parameters`, `bytes`, `seconds`. */
  costTitle: string
  metric: { title: string; better: 'higher' | 'lower' }
  /** Rows the metric is of. Default `test`. */
  split?: 'test' | 'validation'
  /** What a point is. Default `run`. */
  unit?: string
}

/** Cost (log) against a test metric: the front filled, stepped and labelled where there is room, the dominated hollow, the published diamonds. */
export function paretoChart({ points, costTitle, metric, split = 'test', unit = 'run' }: ParetoInput): ChartSpec {
  const front = paretoFront(points, metric.better)
  const named = withRoom(front, points, metric.better)
  const best = front.at(-1)
  const values = points.map(point => ({
    ...point,
    ...(named.includes(point) ? { label: point === best ? 'best' : 'other' } : {}),
    kind: point.published ? 'published' : front.includes(point) ? 'front' : 'dominated',
    text: `${point.name}: ${metric.title} ${formatMeasured(point)}, ${formatNumber(point.cost)} ${costTitle}`,
  }))
  const own = points.filter(point => !point.published)
  const x = {
    field: 'cost',
    type: 'quantitative',
    title: costTitle,
    scale: { type: 'log', nice: false, padding: 24 },
    axis: { tickCount: 4, format: '~s', grid: false },
  }
  const y = {
    field: 'value',
    type: 'quantitative',
    title: `${split} ${metric.title}`,
    scale: { zero: false, padding: 16 },
    axis: { tickCount: 5 },
  }
  const kind = {
    field: 'kind',
    type: 'nominal',
    scale: { domain: ['front', 'dominated', 'published'], range: ['circle', 'circle', 'diamond'] },
  }
  const dominated = {
    transform: [{ filter: "datum.kind === 'dominated'" }],
    mark: { type: 'point', style: 'hollow', size: 50 },
    encoding: { ...said },
  }
  const intervals = {
    transform: [{ filter: 'isValid(datum.low)' }],
    mark: { type: 'rule', style: 'interval', aria: false },
    encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
  }
  return chart(
    {
      title: best
        ? `${front.length} of ${formatQuantity(own.length, unit)} lie on the front; the best, ${best.name}, reaches ${metric.title} ${formatMeasured(best)}`
        : 'No runs to compare',
      table: {
        columns: [
          { title: unit, format: 'text' },
          { title: costTitle, format: 'number' },
          { title: `${split} ${metric.title}`, format: 'metric' },
          { title: 'low', format: 'metric' },
          { title: 'high', format: 'metric' },
          { title: 'kind', format: 'text' },
        ],
        rows: values.map(({ name, cost, value, low, high, kind: place }) => [
          name,
          cost,
          value,
          low ?? null,
          high ?? null,
          place,
        ]),
      },
      sampleSize: formatQuantity(own.length, unit),
      units: `${split} ${metric.title}`,
      note: 'Filled: on the front. Hollow: another is both better and cheaper. Diamond: published.',
    },
    singleView(300, {
      data: { values },
      encoding: { x, y },
      layer: [
        {
          transform: [{ filter: "datum.kind === 'front'" }],
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.5, aria: false },
        },
        ...(values.some(({ low }) => low != null) ? [intervals] : []),
        {
          transform: [{ filter: "datum.kind !== 'dominated'" }],
          mark: { type: 'point', size: 60 },
          encoding: { shape: { ...kind, legend: null }, ...said },
        },
        ...(values.some(({ kind: place }) => place === 'dominated') ? [dominated] : []),
        ...(best ? [names('best', metric.better === 'higher' ? -bestLift : bestLift)] : []),
        ...(named.length > 1 ? [names('other', 0)] : []),
      ],
    }),
  )
}

/** Names of the points that have a label of this kind, `dy` pixels below their marks. */
const names = (label: 'best' | 'other', dy: number) => ({
  transform: [{ filter: `datum.label === '${label}'` }],
  mark: { type: 'text', style: 'label', align: 'right', baseline: 'middle', dx: -labelGap, dy, aria: false },
  encoding: { text: { field: 'name', type: 'nominal' } },
})

/** Points no other beats in both cost and value, cheapest first; published figures do not take part. */
export function paretoFront(points: ParetoPoint[], better: 'higher' | 'lower'): ParetoPoint[] {
  const sign = better === 'higher' ? 1 : -1
  const sorted = points.filter(point => !point.published).sort((a, b) => a.cost - b.cost || sign * (b.value - a.value))
  const front: ParetoPoint[] = []
  for (const point of sorted) {
    const last = front.at(-1)
    if (!last || sign * (point.value - last.value) > 0) front.push(point)
  }
  return front
}
