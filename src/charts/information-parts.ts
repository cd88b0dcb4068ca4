import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatEffect, formatNumber, formatSet } from './format.ts'

export interface InformationPartsInput {
  /** The two sources, and what they tell of. */
  sources: readonly [string, string]
  label: string
  redundancy: number
  unique: readonly [number, number]
  /** Measured, where rows with both sources and the label allow it. */
  synergy?: number
  /** What holds the synergy without such rows. */
  bounds: { low: number; high: number }
  sampleSize: string
}

/** What two sources tell of a label, in four stacked parts; a bracket shows what the synergy can be without joint labels. */
export function informationParts(input: InformationPartsInput): ChartSpec {
  const { sources, label, redundancy, unique, synergy, bounds, sampleSize } = input
  const known = [
    { name: 'either alone', value: redundancy },
    { name: `only ${sources[0]}`, value: unique[0] },
    { name: `only ${sources[1]}`, value: unique[1] },
  ]
  const parts = [...known, { name: 'only together', value: synergy ?? bounds.low }]
  const values = parts.map((part, i) => {
    const start = parts.slice(0, i).reduce((sum, { value }) => sum + value, 0)
    const least = i === known.length && synergy === undefined ? 'at least ' : ''
    return {
      ...part,
      start,
      end: start + part.value,
      text: `${part.name}: ${least}${formatEffect({ value: part.value })} bits`,
    }
  })
  const before = known.reduce((sum, { value }) => sum + value, 0)
  const held = `only together, without joint labels: ${formatNumber(bounds.low)} to ${formatNumber(bounds.high)} bits`
  const bracket = [{ start: before + bounds.low, end: before + bounds.high, text: held }]
  const ends = bracket.flatMap(({ start, end }) => [start, end].map(at => ({ at, text: held })))
  const [first] = [...parts].sort((a, b) => b.value - a.value)
  const x = { type: 'quantitative', title: `bits about ${label}`, axis: { tickCount: 5 } }
  return chart(
    {
      title:
        `${formatSet(sources)}: most of what they tell of ${label}, ${formatNumber(first!.value)} bits, ${first!.name.startsWith('only') ? `is told by ${first!.name.replace('only ', '')} only` : 'is told by either alone'}`.replace(
          'by together only',
          'only by both together',
        ),
      table: {
        columns: [
          { title: 'part', format: 'text' },
          { title: 'bits', format: 'number' },
          { title: 'at least', format: 'number' },
          { title: 'at most', format: 'number' },
        ],
        rows: [
          ...known.map(({ name, value }) => [name, value, null, null]),
          ['only together', synergy ?? null, bounds.low, bounds.high],
        ],
      },
      sampleSize,
      units: 'bits',
      note: 'The bracket holds what only both together tell, as far as rows without a joint label can say.',
    },
    singleView(130, {
      layer: [
        {
          data: { values },
          mark: { type: 'bar', height: 26 },
          encoding: {
            x: { ...x, field: 'start' },
            x2: { field: 'end' },
            y: { value: 26 },
            color: {
              field: 'name',
              type: 'nominal',
              scale: { domain: parts.map(({ name }) => name) },
              legend: { title: null, columns: 2 },
            },
            ...said,
          },
        },
        {
          data: { values: bracket },
          mark: { type: 'rule', style: 'interval' },
          encoding: { x: { ...x, field: 'start' }, x2: { field: 'end' }, y: { value: 50 }, ...said },
        },
        {
          data: { values: ends },
          mark: { type: 'tick', style: 'interval', thickness: 2, height: 10 },
          encoding: { x: { ...x, field: 'at' }, y: { value: 50 }, ...said },
        },
      ],
    }),
  )
}
