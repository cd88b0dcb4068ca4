import type { Cell, ChartSpec } from '../charts/index.ts'
import { drawing } from './drawing.ts'
import { dataTable } from './figure.ts'
import { markup, type Markup } from './markup.ts'

/** A figure of a study or of a system's explanation; a full `ChartSpec` brings its table too. */
export type StudyFigure = Pick<ChartSpec, 'title' | 'description'> & { spec: Record<string, unknown> }

/** A table whose columns are numbers where any cell of theirs is. */
export function resultTable({
  columns,
  rows,
}: {
  columns: readonly string[]
  rows: readonly (readonly Cell[])[]
}): Markup {
  const numeric = columns.map((_, i) => rows.some(row => typeof row[i] === 'number'))
  return dataTable(
    {
      columns: columns.map((title, i) => ({ title, format: numeric[i] ? 'measured' : 'text' })),
      rows: rows.map(row => [...row]),
    },
    'Results',
  )
}

/** Figures side by side, each with what it finds. */
export async function figureGrid(list: readonly StudyFigure[]): Promise<Markup> {
  const drawn = await Promise.all(
    list.map(async ({ title, description, spec }, i) => {
      const id = `figure-${i + 1}`
      const chart = { description, spec: spec as ChartSpec['spec'] }
      return markup`<figure id="${id}"><figcaption>${title}</figcaption>${(await drawing(chart, id)).svg}</figure>`
    }),
  )
  return markup`<div class="grid">${drawn}</div>`
}
