import type { TopLevelSpec } from 'vega-lite'
import { formatCount, formatMetric, formatNumber, formatShare, formatValue, missing } from './format.ts'

export type Cell = string | number | null

export interface Column {
  title: string
  /** `field`: the name of a field; `value`: of the data; `measured`: whole numbers as counts, others with four significant digits. */
  format: 'text' | 'field' | 'value' | 'measured' | 'count' | 'share' | 'metric' | 'number'
}

/** The numbers a chart is drawn from, at full precision. */
export interface Table {
  columns: Column[]
  rows: Cell[][]
}

/** A chart as plain data: what it says, how to draw it, and the numbers behind it. */
export interface ChartSpec {
  /** The finding, as a sentence without a full stop. */
  title: string
  /** Equal to the finding: what a reader who does not see the drawing is told. */
  description: string
  /** Vega-Lite, free of colours: `chartConfig(theme)` brings them. */
  spec: TopLevelSpec & Record<string, unknown>
  table: Table
  /** What was counted: `1,021 test rows`. */
  sampleSize: string
  /** Of the drawn value: `log-odds`, `share of rows`. */
  units: string
  /** How to read it, where the drawing does not say so itself. */
  note?: string
}

export type View = Record<string, unknown>

/** Assembles a chart; `view` is the Vega-Lite body without `$schema` and description. */
export function chart(parts: Omit<ChartSpec, 'description' | 'spec'>, view: View): ChartSpec {
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: parts.title,
    ...view,
  } as unknown as ChartSpec['spec']
  return { ...parts, description: parts.title, spec }
}

/** The width of a chart, in CSS pixels, that still reads on a 320 px screen; pages scale it up by a quarter at most. */
export const chartWidth = 320

/** One view whose axes and legends fit inside the width. */
export function singleView(height: number, view: View): View {
  return { width: chartWidth, height, autosize: { type: 'fit', contains: 'padding' }, ...view }
}

const writers: Record<Column['format'], (cell: Cell) => string> = {
  text: cell => (cell === null || cell === '' ? missing : String(cell)),
  field: cell => (cell === null ? missing : String(cell)),
  measured: cell => (Number.isInteger(cell) ? formatCount(cell as number) : formatNumber(cell as number, 4)),
  value: cell => formatValue(cell as number),
  count: cell => formatCount(cell as number),
  share: cell => formatShare(cell as number),
  metric: cell => formatMetric(cell as number),
  number: cell => formatNumber(cell as number),
}

/** A cell as a person reads it. */
export function formatCell(cell: Cell, { format }: Column): string {
  return typeof cell === 'string' ? writers.text(cell) : writers[format](cell)
}

/** RFC 4180, full precision, empty where a number is missing. */
export function toCsv({ columns, rows }: Table): string {
  const quote = (cell: Cell) => {
    const text = cell === null || Number.isNaN(cell) ? '' : String(cell)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [columns.map(column => column.title), ...rows].map(row => row.map(quote).join(',') + '\r\n').join('')
}
