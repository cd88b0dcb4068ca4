import { formatCell, formatCount, toCsv, type ChartSpec, type Column, type Table } from '../charts/index.ts'
import { drawing } from './drawing.ts'
import { markup, type Markup } from './markup.ts'

/** Rows of a table shown on the page; the CSV has all. */
const shownRows = 200

/** A drawing this wide takes two columns of a grid. */
const spanningWidth = 420

export interface FigureOptions {
  /** Unique on the page; names the CSV file. */
  id: string
  /** Drawn side by side in place of the chart itself, wrapping on narrow screens. */
  panels?: ChartSpec[]
  /** Value of `data-set`, by which a mark of another figure leads here. */
  set?: string
}

/** A chart with its finding, its sample, and its numbers as a table and as CSV. */
export async function figure(chart: ChartSpec, { id, panels, set }: FigureOptions): Promise<Markup> {
  const drawings = await Promise.all((panels ?? [chart]).map((panel, i) => drawing(panel, `${id}-${i}`)))
  const wide = drawings.length === 1 && drawings[0]!.width > spanningWidth
  return markup`<figure id="${id}"${wide && markup` class="wide"`}${set !== undefined && markup` data-set="${set}"`}>
    <figcaption>${chart.title}</figcaption>
    <div class="drawings">${drawings.map(({ svg }) => svg)}</div>
    <p class="note">${chart.sampleSize}; ${chart.units}.${chart.note && ` ${chart.note}`}</p>
    ${numbers(chart.table, id, chart.title)}
  </figure>`
}

/** The numbers behind a figure as a file, and as a table a tap away. */
function numbers(table: Table, id: string, caption: string): Markup {
  return markup`<div class="switches">
    ${csvLink(table, id)}
    <details><summary>Table</summary>${cutTable(table, caption)}</details>
  </div>`
}

export const csvLink = (table: Table, id: string): Markup =>
  markup`<a class="control" download="${id}.csv" href="data:text/csv;charset=utf-8,${encoded(toCsv(table))}">CSV</a>`

/** A table that ends after 200 rows, saying so. */
export function cutTable(table: Table, caption: string): Markup {
  if (table.rows.length <= shownRows) return dataTable(table, caption)
  const left = markup`<p class="note">The first ${shownRows} of ${formatCount(table.rows.length)} rows; the CSV has all.</p>`
  return markup`${dataTable({ ...table, rows: table.rows.slice(0, shownRows) }, caption)}${left}`
}

/** What a data URL must escape, and no more: spaces and commas stay as they are. */
const encoded = (text: string) => text.replace(/[^ -~]|[%#"<>]/gu, letter => encodeURIComponent(letter))

const aligned = (column: Column) =>
  column.format === 'text' || column.format === 'field' ? '' : markup` class="number"`

/** A table that scrolls inside itself where the screen is narrow; its caption is read, not shown. */
export function dataTable({ columns, rows }: Table, caption: string): Markup {
  const heads = columns.map(column => markup`<th scope="col"${aligned(column)}>${column.title}</th>`)
  const cells = (row: Table['rows'][number]) =>
    columns.map((column, i) => {
      const text = formatCell(row[i] ?? null, column)
      return markup`<td${aligned(column)}>${column.format === 'field' ? markup`<code>${text}</code>` : text}</td>`
    })
  return scrolling(
    caption,
    markup`<table>
      <caption class="hidden">${caption}</caption>
      <thead><tr>${heads}</tr></thead>
      <tbody>${rows.map(row => markup`<tr>${cells(row)}</tr>`)}</tbody>
    </table>`,
  )
}

/** Reachable by keyboard, since it may have to be scrolled. */
export const scrolling = (label: string, table: Markup): Markup =>
  markup`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`
