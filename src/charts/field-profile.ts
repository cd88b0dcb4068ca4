import { chart, chartWidth, type ChartSpec, type Table, type View } from './chart.ts'
import { said } from './encodings.ts'
import { formatNumber, formatQuantity, formatShare, formatValue } from './format.ts'

interface ProfileBase {
  name: string
  rows: number
  /** Rows without a value. */
  missing: number
  /** Distinct values. */
  distinct: number
}

export interface NumericProfile extends ProfileBase {
  type: 'numeric'
  minimum: number
  median: number
  maximum: number
  /** `targetMean`: share of the positive class, or mean of the target, among the bin's rows. */
  bins: { from: number; to: number; rows: number; targetMean?: number | null }[]
}

export interface CategoricalProfile extends ProfileBase {
  type: 'categorical'
  /** Most frequent first. */
  top: { value: string; rows: number; targetMean?: number | null }[]
  /** Rows of all values not in `top`. */
  otherRows: number
}

export type FieldProfile = NumericProfile | CategoricalProfile

/** What a field holds: histogram or most frequent values, with the target's mean beside each where it is known. */
export function fieldProfile(profile: FieldProfile, targetTitle: string): ChartSpec {
  const { name, rows, missing } = profile
  const lacking = missing > 0 ? `; ${formatShare(missing / rows)} missing` : ''
  const parts = profile.type === 'numeric' ? numeric(profile, targetTitle) : categorical(profile, targetTitle)
  return chart(
    {
      title: `${name}: ${parts.finding}${lacking}`,
      table: parts.table,
      sampleSize: formatQuantity(rows, 'row'),
      units: 'rows',
    },
    parts.view,
  )
}

interface Parts {
  finding: string
  table: Table
  view: View
}

function numeric({ bins, minimum, median, maximum }: NumericProfile, targetTitle: string): Parts {
  const wide = Math.max(Math.abs(minimum), Math.abs(maximum)) >= 100_000
  const known = bins.some(bin => bin.targetMean != null)
  const values = bins.map(({ from, to, rows, targetMean }) => ({
    from,
    to,
    middle: (from + to) / 2,
    rows,
    mean: targetMean,
    text: `${formatValue(from)} to ${formatValue(to)}: ${formatQuantity(rows, 'row')}${meanText(targetMean, targetTitle)}`,
  }))
  const x = { type: 'quantitative', scale: { domain: [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1], nice: false } }
  const histogram: View = {
    width: chartWidth - 60,
    height: 80,
    mark: { type: 'rect', style: 'bin' },
    encoding: {
      x: { ...x, field: 'from', axis: { title: null, tickCount: 5, grid: false, format: wide ? '~s' : '~f' } },
      x2: { field: 'to' },
      y: { field: 'rows', type: 'quantitative', axis: { title: 'rows', tickCount: 3, format: '~s' } },
      y2: { datum: 0 },
      ...said,
    },
  }
  const means: View = {
    width: chartWidth - 60,
    height: 50,
    transform: [{ filter: 'isValid(datum.mean)' }],
    mark: { type: 'line', point: { size: 14 }, strokeWidth: 1.5, aria: false },
    encoding: {
      x: { ...x, field: 'middle', axis: null },
      y: { field: 'mean', type: 'quantitative', axis: { title: targetTitle, tickCount: 3 }, scale: { zero: false } },
    },
  }
  return {
    finding: `half of the values are below ${formatValue(median)}, all between ${formatValue(minimum)} and ${formatValue(maximum)}`,
    table: {
      columns: [
        { title: 'from', format: 'value' },
        { title: 'to', format: 'value' },
        { title: 'rows', format: 'count' },
        { title: targetTitle, format: 'number' },
      ],
      rows: bins.map(({ from, to, rows, targetMean }) => [from, to, rows, targetMean ?? null]),
    },
    view: { data: { values }, vconcat: known ? [histogram, means] : [histogram], spacing: 4 },
  }
}

function categorical({ top, otherRows, rows, distinct }: CategoricalProfile, targetTitle: string): Parts {
  const shown = top.slice(0, 10)
  const rest = otherRows + top.slice(10).reduce((sum, entry) => sum + entry.rows, 0)
  const entries: (CategoricalProfile['top'][number] & { rest?: boolean })[] = [...shown]
  if (rest > 0) entries.push({ value: otherName(distinct - shown.length), rows: rest, rest: true })
  const values = entries.map(({ value, rows: count, targetMean, rest: isRest }) => ({
    value,
    rows: count,
    mean: targetMean,
    rest: isRest === true,
    text: `${value}: ${formatQuantity(count, 'row')}, ${formatShare(count / rows)}${meanText(targetMean, targetTitle)}`,
  }))
  const known = values.some(entry => entry.mean != null)
  const y = { field: 'value', type: 'nominal', sort: null, title: null }
  const height = { step: 16 }
  const bars: View = {
    width: known ? 100 : 180,
    height,
    mark: { type: 'bar', height: { band: 0.7 } },
    encoding: {
      y: { ...y, axis: { ticks: false, domain: false, labelLimit: 110 } },
      x: { field: 'rows', type: 'quantitative', axis: { title: 'rows', tickCount: 3, format: '~s' } },
      fillOpacity: { condition: { test: 'datum.rest', value: 0.35 }, value: 1 },
      ...said,
    },
  }
  const means: View = {
    width: 70,
    height,
    transform: [{ filter: 'isValid(datum.mean)' }],
    mark: { type: 'point', size: 30, aria: false },
    encoding: {
      y: { ...y, axis: null },
      x: { field: 'mean', type: 'quantitative', axis: { title: targetTitle, tickCount: 3 }, scale: { zero: true } },
    },
  }
  const first = top[0]
  return {
    finding: first
      ? `${first.value} in ${formatShare(first.rows / rows)} of rows; ${formatQuantity(distinct, 'value')}`
      : 'no values',
    table: {
      columns: [
        { title: 'value', format: 'text' },
        { title: 'rows', format: 'count' },
        { title: targetTitle, format: 'number' },
      ],
      rows: values.map(({ value, rows: count, mean }) => [value, count, mean ?? null]),
    },
    view: {
      data: { values },
      hconcat: known ? [bars, means] : [bars],
      spacing: 8,
      resolve: { scale: { y: 'shared' } },
    },
  }
}

const otherName = (values: number) => (values > 0 ? `${formatQuantity(values, 'other value')}` : 'other')

const meanText = (mean: number | null | undefined, title: string) =>
  mean == null ? '' : `, ${title} ${formatNumber(mean)}`
