import { chart, singleView, type ChartSpec } from './chart.ts'
import { said } from './encodings.ts'
import { formatCount, formatNumber, formatQuantity, formatSet } from './format.ts'
import { namedBars } from './named-bars.ts'

/** A field or a set of fields by what it tells of the target. */
export interface RankEntry {
  set: readonly string[]
  gain: number
  /** What chance reaches with as many values; undefined where it was not measured. */
  noise?: number
  values: number
}

export interface RankInput {
  /** In the order of the ranking. */
  entries: readonly RankEntry[]
  target: string
  units: string
  rows: number
}

/** Bars drawn, at most. */
const drawnBars = 30

export const toldFromNoise = ({ gain, noise }: Pick<RankEntry, 'gain' | 'noise'>): boolean =>
  noise === undefined || gain > noise

/** What stands out, in one sentence. */
export function rankFinding({ entries, target, units }: RankInput): string {
  const noun = entries.some(({ set }) => set.length > 1) ? 'set' : 'field'
  const sure = entries.filter(toldFromNoise)
  const first = sure[0]
  if (!first) return `No ${noun} of ${formatCount(entries.length)} tells more of ${target} than chance`
  const told = entries.some(({ noise }) => noise !== undefined)
    ? `; ${formatCount(sure.length)} of ${formatQuantity(entries.length, noun)} tell more than chance`
    : ''
  return `${formatSet(first.set)} tells most of ${target}: ${formatNumber(first.gain)} ${units}${told}`
}

/** A bar a set, in the order of the ranking, with a tick where chance ends; bars within it are faint. */
export function rankBars(input: RankInput): ChartSpec {
  const { units, rows } = input
  const entries = input.entries.slice(0, drawnBars)
  const values = entries.map(entry => ({
    name: formatSet(entry.set),
    gain: entry.gain,
    noise: entry.noise,
    within: !toldFromNoise(entry),
    text: describe(entry, units),
  }))
  const x = { field: 'gain', type: 'quantitative', title: units, axis: { tickCount: 4 } }
  const noiseTicks = {
    transform: [{ filter: 'isValid(datum.noise)' }],
    mark: { type: 'tick', style: 'interval', aria: false, thickness: 2, height: { band: 0.9 } },
    encoding: { x: { ...x, field: 'noise' } },
  }
  const cut =
    input.entries.length > drawnBars ? ` The first ${drawnBars} of ${formatCount(input.entries.length)} are drawn.` : ''
  return chart(
    {
      title: rankFinding(input),
      table: rankTable(input),
      sampleSize: formatQuantity(rows, 'row'),
      units,
      note: `${measured(entries) ? 'The tick is what chance reaches with as many values; faint bars are within it.' : unmeasured}${cut}`,
    },
    namedBars({
      values,
      name: 'name',
      x,
      faint: 'within',
      labelLimit: 150,
      marks: measured(entries) ? [noiseTicks] : [],
    }),
  )
}

/** Gain and the end of chance against the number of values: many values reach much by chance alone. */
export function rankByCardinality(input: RankInput): ChartSpec {
  const { entries, units, rows } = input
  const values = entries.map(entry => ({
    values: Math.max(entry.values, 1),
    gain: entry.gain,
    noise: entry.noise,
    kind: toldFromNoise(entry) ? 'told from noise' : 'within noise',
    text: describe(entry, units),
  }))
  const x = {
    field: 'values',
    type: 'quantitative',
    title: 'values',
    scale: { type: 'log', nice: false, padding: 10 },
    axis: { tickCount: 5, format: '~s', grid: false },
  }
  const y = { field: 'gain', type: 'quantitative', title: units, axis: { tickCount: 5 } }
  const noiseTicks = {
    transform: [{ filter: 'isValid(datum.noise)' }],
    mark: { type: 'tick', style: 'interval', orient: 'horizontal', aria: false, size: 9 },
    encoding: { y: { ...y, field: 'noise' } },
  }
  const points = (kind: string) =>
    values.some(entry => entry.kind === kind)
      ? [
          {
            transform: [{ filter: `datum.kind === '${kind}'` }],
            mark: { type: 'point', size: 45, ...(kind === 'within noise' ? { style: 'hollow' } : {}) },
            encoding: { ...said },
          },
        ]
      : []
  const most = entries.reduce((best, entry) => ((entry.noise ?? 0) > (best?.noise ?? 0) ? entry : best), entries[0])
  return chart(
    {
      title:
        most?.noise === undefined
          ? 'Gain by number of values'
          : `With ${formatQuantity(most.values, 'value')} chance alone reaches ${formatNumber(most.noise)} ${units}`,
      table: rankTable(input),
      sampleSize: formatQuantity(rows, 'row'),
      units,
      note: measured(entries)
        ? 'Filled: told from noise. Hollow: within noise. Ticks: what chance reaches.'
        : unmeasured,
    },
    singleView(260, {
      data: { values },
      encoding: { x, y },
      layer: [
        ...(measured(entries) ? [noiseTicks] : []),
        ...(['within noise', 'told from noise'] as const).flatMap(kind => points(kind)),
      ],
    }),
  )
}

const unmeasured = 'Chance was not measured: fields of many values stand too high.'

const measured = (entries: readonly RankEntry[]): boolean => entries.some(({ noise }) => noise !== undefined)

function describe(entry: RankEntry, units: string): string {
  const noise = entry.noise === undefined ? '' : `, chance up to ${formatNumber(entry.noise)}`
  const within = toldFromNoise(entry) ? '' : ', within noise'
  return `${formatSet(entry.set)}: ${formatNumber(entry.gain)} ${units}${noise}; ${formatQuantity(entry.values, 'value')}${within}`
}

const rankTable = ({ entries, units }: RankInput): ChartSpec['table'] => ({
  columns: [
    { title: 'fields', format: 'field' },
    { title: units, format: 'number' },
    { title: 'noise up to', format: 'number' },
    { title: 'values', format: 'count' },
  ],
  rows: entries.map(({ set, gain, noise, values }) => [formatSet(set), gain, noise ?? null, values]),
})
