import { plain, type Style } from './style.ts'
import { padEnd, wrap } from './text.ts'

export interface Label {
  /** Columns from the line's start to its text. */
  width?: number
  paint?: (text: string) => string
  indent?: number
  /** A command to copy is never broken. */
  whole?: boolean
}

/** `label    text`, wrapped under its text; a text of several lines goes on beneath itself. */
export function labelled(label: string, text: string, style: Style, options: Label = {}): string[] {
  const { width = 9, paint = style.label, indent = 0, whole = false } = options
  const start = indent + width
  const room = whole ? Infinity : Math.max(20, style.columns - 1 - start)
  const lines = text.split('\n').flatMap(line => wrap(plain(line, style), room))
  return lines.map((line, index) => {
    const head = index === 0 ? ' '.repeat(indent) + paint(label) + padEnd('', width - label.length) : ' '.repeat(start)
    return (head + line).trimEnd()
  })
}

/** A name in a column of its own before what is said about it: `birdstrikes   10,000 rows, ...`. */
export const named = (name: string, said: string, width = 11): string => `${padEnd(name, width)}   ${said}`.trimEnd()
