import { chart, chartWidth, type ChartSpec } from './chart.ts'
import { drawn, rampScale, referenceRule, said } from './encodings.ts'
import { formatCount, formatNumber, formatQuantity, formatSet } from './format.ts'

export interface SwarmInput {
  /** Strongest first; `points` are models as good as the reference. */
  sets: readonly {
    set: readonly string[]
    reference: number
    least: number
    greatest: number
    points: readonly { fis: number; excess: number }[]
  }[]
  /** What a point measures: `FIS, log loss`. */
  units: string
  epsilon: number
  rows: number
}

/** Rows drawn, at most, and points a row. */
const drawnSets = 20
const drawnPoints = 150
/** Points of one row are spread over this many places, so that those of equal value stand beside each other. */
const columns = 40
/** Points above one another that fill a row; more are pressed together. */
const fewest = 5

/** A row a set: its score in every good model, dodged where they meet; the star is the model itself, the line its range. */
export function swarmChart({ sets, units, epsilon, rows }: SwarmInput): ChartSpec {
  const shown = sets.slice(0, drawnSets)
  const all = shown.flatMap(({ least, greatest }) => [least, greatest, 0])
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const values = shown.flatMap(({ set, points }) => {
    const name = formatSet(set)
    const taken = new Map<number, number>()
    const placed = evenly(points, drawnPoints).map(({ fis, excess }) => {
      const place = Math.round(((fis - low) / (high - low || 1)) * columns)
      const before = taken.get(place) ?? 0
      taken.set(place, before + 1)
      // alternately above and below the line, nearest first
      return { fis, excess, dodge: (before % 2 === 0 ? 1 : -1) * Math.ceil(before / 2) }
    })
    const widest = Math.max(fewest, ...placed.map(({ dodge }) => Math.abs(dodge)))
    return placed.map(({ fis, excess, dodge }) => ({
      name,
      fis: drawn(fis),
      dodge: drawn(dodge / widest) + 0,
      excess: drawn(Math.max(0, excess) / epsilon),
      text: `${name}: ${formatNumber(fis)} in a model ${formatNumber(excess)} worse`,
    }))
  })
  const ranges = shown.map(({ set, reference, least, greatest }) => ({
    name: formatSet(set),
    reference: drawn(reference),
    low: drawn(least),
    high: drawn(greatest),
    text: `${formatSet(set)}: ${formatNumber(reference)} in the model itself, ${formatNumber(least)} to ${formatNumber(greatest)} in models as good`,
  }))
  const x = { field: 'fis', type: 'quantitative', title: units, axis: { tickCount: 4 } }
  const y = {
    field: 'name',
    type: 'nominal',
    sort: ranges.map(({ name }) => name),
    title: null,
    axis: { style: 'fields', ticks: false, domain: false, labelLimit: 150 },
  }
  return chart(
    {
      title: swarmFinding(shown),
      table: {
        columns: [
          { title: 'set', format: 'field' },
          { title: 'the model', format: 'number' },
          { title: 'least', format: 'number' },
          { title: 'greatest', format: 'number' },
          { title: 'models', format: 'count' },
          { title: 'sign', format: 'text' },
        ],
        rows: sets.map(({ set, reference, least, greatest, points }) => [
          formatSet(set),
          reference,
          least,
          greatest,
          points.length,
          least < 0 && greatest > 0 ? 'differs' : 'the same',
        ]),
      },
      sampleSize: `${formatCount(Math.max(0, ...sets.map(({ points }) => points.length)))} models, ${formatQuantity(rows, 'row')}`,
      units,
      note: 'A point is a model no worse than epsilon. The star is the model itself. Ranges are found from within: the true ones are wider.',
    },
    {
      width: chartWidth,
      height: 60 + 40 * shown.length,
      autosize: { type: 'fit', contains: 'padding' },
      layer: [
        {
          data: { values: ranges },
          mark: { type: 'rule', style: 'reference', strokeDash: [], aria: false },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
        },
        {
          data: { values },
          mark: { type: 'point', size: 22, opacity: 0.8 },
          encoding: {
            x,
            y,
            yOffset: { field: 'dodge', type: 'quantitative', scale: { domain: [-1.2, 1.2] } },
            color: {
              field: 'excess',
              type: 'quantitative',
              scale: rampScale,
              legend: { title: 'loss above the model, in epsilon', tickCount: 3 },
            },
            ...said,
          },
        },
        {
          data: { values: ranges },
          mark: { type: 'text', style: 'label', text: '★', fontSize: 14, baseline: 'middle' },
          encoding: { x: { ...x, field: 'reference' }, y, ...said },
        },
        referenceRule('x', 0),
      ],
    },
  )
}

function swarmFinding(sets: SwarmInput['sets']): string {
  if (sets.length === 0) return 'No set has a cloud'
  const differing = sets.filter(({ least, greatest }) => least < 0 && greatest > 0)
  const surest = [...sets].filter(set => !differing.includes(set)).sort((a, b) => nearest(b) - nearest(a))[0]
  const of = `${formatCount(differing.length)} of ${formatQuantity(sets.length, 'set')} differ in sign among good models`
  return surest
    ? `${formatSet(surest.set)} is the surest interaction: at least ${formatNumber(nearest(surest))} in size in every good model; ${of}`
    : `No interaction is sure: ${of}`
}

/** The size that every good model reaches. */
const nearest = ({ least, greatest }: { least: number; greatest: number }): number =>
  Math.min(Math.abs(least), Math.abs(greatest))

/** At most so many, evenly over the order of their values. */
function evenly<T extends { fis: number }>(points: readonly T[], most: number): T[] {
  const sorted = [...points].sort((a, b) => a.fis - b.fis)
  if (sorted.length <= most) return sorted
  return Array.from({ length: most }, (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (most - 1))]!)
}
