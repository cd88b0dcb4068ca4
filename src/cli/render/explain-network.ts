import { formatCount, formatNumber, formatQuantity } from '../../charts/format.ts'
import type { SystemExplainDocument } from '../../verbs/explain/explain-system.ts'
import { labelled, named } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'
import { renderEffects } from './effects.ts'

/** What a published method found inside a network: its table, then the strongest findings of each measure. */
export function renderExplainNetwork(document: SystemExplainDocument, top: number, style: Style): string[] {
  const { lens, predictor, data, rows, results, table: found, notes } = document
  const ofData = data === predictor
  const groups = new Map<string, typeof results>()
  for (const result of results) groups.set(result.index, [...(groups.get(result.index) ?? []), result])
  const shown = [...groups].flatMap(([index, findings]) => {
    const strongest = [...findings].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    const left = findings.length - top
    return [
      ...labelled(index, formatQuantity(findings.length, 'finding'), style, { width: Math.max(9, index.length + 3) }),
      ...renderEffects(strongest.slice(0, top), style),
      ...(left > 0 ? [style.muted(`     and ${formatCount(left)} more`)] : []),
      '',
    ]
  })
  return [
    ...(ofData ? [] : labelled('model', predictor, style)),
    ...labelled('data', named(data, formatQuantity(rows, ofData ? 'row' : 'example')), style),
    ...labelled('lens', lens, style),
    '',
    ...(found ? [...tableLines(found, style), ''] : []),
    ...shown,
    ...notes.flatMap(note => labelled('note', note, style)),
  ]
}

function tableLines({ columns, rows }: NonNullable<SystemExplainDocument['table']>, style: Style): string[] {
  const numeric = columns.map((_, i) => rows.some(row => typeof row[i] === 'number'))
  const cell = (value: string | number | null): string =>
    value === null
      ? '–'
      : typeof value === 'string'
        ? value
        : Number.isInteger(value)
          ? formatCount(value)
          : formatNumber(value)
  return table(
    columns.map((title, i) => ({ title, align: numeric[i] ? 'right' : 'left' })),
    rows.map(row => row.map(cell)),
    style,
  )
}

/** Where it was written. */
export const renderExplainNetworkClosing = ({ out, files }: SystemExplainDocument, style: Style): string[] =>
  out === null ? [] : labelled('wrote', `${out}   ${files.join(', ')}`, style)
