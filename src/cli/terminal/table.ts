import { plain, type Style } from './style.ts'
import { widthOf, wrap } from './text.ts'

export interface Column {
  title?: string
  align?: 'left' | 'right'
  /** Spaces before the column; 3 unless told, none before the first. */
  gap?: number
  minWidth?: number
  /** May be narrowed to fit the terminal, its cells broken into lines. */
  wrap?: boolean
  paint?: (text: string) => string
}

export interface StyledCell {
  text: string
  paint?: (text: string) => string
  align?: 'left' | 'right'
  /** Columns the cell lies across; it widens none of them. */
  span?: number
}

export type Cell = string | StyledCell
export type Row = Cell[]

/** Lays rows out in columns under their titles, left out where no column has one. No line ends in a space. */
export function table(columns: Column[], rows: Row[], style: Style): string[] {
  const titles = columns.map(({ title = '' }) => ({ text: title, paint: style.label }))
  const titled = columns.some(column => column.title !== undefined)
  const placed = (titled ? [titles, ...rows] : rows).map(row => place(row, columns, style))
  const widths = columns.map(({ minWidth = 0 }) => minWidth)
  for (const cell of placed.flat()) {
    if (cell.span === 1) widths[cell.at] = Math.max(widths[cell.at]!, widthOf(cell.text))
  }
  shrink(columns, widths, style.columns)
  return placed.flatMap(row => lines(row, columns, widths))
}

interface PlacedCell {
  text: string
  at: number
  span: number
  paint: (text: string) => string
  align: 'left' | 'right'
}

function place(row: Row, columns: Column[], style: Style): PlacedCell[] {
  let at = 0
  return row.map(cell => {
    const { text, span = 1, ...own }: StyledCell = typeof cell === 'string' ? { text: cell } : cell
    const { paint = String, align = 'left' } = span === 1 ? { ...columns[at], ...own } : own
    const placed = { text: plain(text, style), at, span, paint, align }
    at += span
    return placed
  })
}

const gapOf = (column: Column, index: number) => column.gap ?? (index === 0 ? 0 : 3)

/** From the start of column `from` to the end of column `to - 1`. */
function room(columns: Column[], widths: number[], from: number, to: number): number {
  let sum = 0
  for (let index = from; index < to; index++) sum += widths[index]! + (index > from ? gapOf(columns[index]!, index) : 0)
  return sum
}

const narrowest = 16

/** Narrows the widest of the wrapping columns until the terminal's last column is free. */
function shrink(columns: Column[], widths: number[], available: number): void {
  for (let over = room(columns, widths, 0, columns.length) - available + 1; over > 0; over--) {
    const flexible = columns.flatMap((column, index) => (column.wrap && widths[index]! > narrowest ? [index] : []))
    if (flexible.length === 0) return
    const widest = flexible.reduce((a, b) => (widths[b]! > widths[a]! ? b : a))
    widths[widest]!--
  }
}

function lines(row: PlacedCell[], columns: Column[], widths: number[]): string[] {
  const broken = row.map(({ text, at, span }) => (span === 1 && columns[at]!.wrap ? wrap(text, widths[at]!) : [text]))
  const height = Math.max(1, ...broken.map(cell => cell.length))
  return Array.from({ length: height }, (_, line) =>
    row
      .map(({ at, span, paint, align }, index) => {
        const text = broken[index]![line] ?? ''
        const spaces = ' '.repeat(Math.max(0, room(columns, widths, at, at + span) - widthOf(text)))
        const painted = text === '' ? '' : paint(text)
        return ' '.repeat(gapOf(columns[at]!, at)) + (align === 'right' ? spaces + painted : painted + spaces)
      })
      .join('')
      .trimEnd(),
  )
}
