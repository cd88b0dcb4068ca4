import { formatCount, formatNumber, formatQuantity, formatShare } from '../../charts/format.ts'
import type { DatasetRow, DatasetsDocument, ShownDocument, VerifiedDocument } from '../../verbs/index.ts'
import { labelled, named } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

const licences: Record<DatasetRow['licence'], string> = {
  shipped: 'shipped',
  open: 'open',
  'share-alike': 'share alike',
  research: 'research only',
}

/** One line a dataset: how many rows, what its licence allows, whether its files are here. */
export function renderDatasets({ rows }: DatasetsDocument, style: Style): string[] {
  const columns = [
    { title: 'name', paint: style.strong },
    { title: 'rows', align: 'right' as const },
    { title: 'licence' },
    { title: 'here' },
    { title: 'what it is', wrap: true },
  ]
  const lines = rows.map(({ name, title, rows, licence, present, fetched }) => [
    name,
    formatCount(rows),
    licences[licence],
    present ? 'yes' : fetched ? 'data get' : 'no',
    title,
  ])
  const hint = { text: 'interplay fit data:NAME', span: 2, paint: style.muted }
  return table(columns, [...lines, [{ text: formatQuantity(rows.length, 'dataset'), span: 3 }, hint]], style)
}

function renderDataset(
  { name, title, rows, licence, terms, home, citation, note }: DatasetRow,
  style: Style,
): string[] {
  return [
    ...labelled('data', named(name, `${title}; ${formatQuantity(rows, 'row')}`), style),
    ...labelled('licence', `${licences[licence]}: ${terms}`, style),
    ...labelled('home', home, style),
    ...(citation ? labelled('cite', citation, style) : []),
    ...(note ? labelled('note', note, style) : []),
  ]
}

/** What would be fetched, before it is. */
export function renderOffer(row: DatasetRow, style: Style): string[] {
  return [
    ...renderDataset(row, style),
    ...labelled('try', `interplay data get ${row.name} --yes`, style, { whole: true }),
  ]
}

const states: Record<VerifiedDocument['files'][number]['state'], string> = {
  same: 'same content',
  original: 'the published original',
  'line-ends': 'same lines, other line ends',
  differs: 'differs',
  missing: 'missing',
}

/** Every file with its verdict; of one that differs, both checksums and its lines. */
export function renderVerified({ dataset, files, holds, command }: VerifiedDocument, style: Style): string[] {
  const columns = [{}, { paint: style.strong }, { wrap: true }]
  const rows = files.map(({ file, state, expected, found, lines }) => [
    state === 'differs' || state === 'missing' ? { text: '✗', paint: style.bad } : { text: '✓', paint: style.good },
    file,
    state === 'differs'
      ? `differs: ${formatQuantity(lines ?? 0, 'line')}, sha256 ${found}, expected ${expected}`
      : states[state],
  ])
  const next = holds
    ? labelled('next', `interplay fit data:${dataset.name}`, style, { whole: true })
    : labelled('home', dataset.home, style)
  return [...(command === 'data get' ? renderDataset(dataset, style) : []), ...table(columns, rows, style), ...next]
}

/** Every field of a table: how it is read, its part in a model and why. */
export function renderTable(document: ShownDocument, style: Style): string[] {
  const { name, rows, fields, targets, notes } = document
  const columns = [
    { title: 'field', paint: style.strong, wrap: true },
    { title: 'type' },
    { title: 'role', wrap: true },
    { title: 'values', align: 'right' as const },
    { title: 'missing', align: 'right' as const },
    { title: 'examples', wrap: true, paint: style.muted },
  ]
  const lines = fields.map(field => [
    field.name,
    field.scaling === undefined ? field.type : `${field.type}, ${field.scaling}`,
    field.reason === undefined ? field.role : `${field.role}: ${field.reason}`,
    formatCount(field.distinct),
    formatShare(field.missing / rows),
    examples(field),
  ])
  return [
    ...labelled(
      'data',
      named(name, `${formatQuantity(rows, 'row')}, ${formatQuantity(fields.length, 'field')}`),
      style,
    ),
    ...targets.flatMap(target =>
      labelled('target', target.expression === null ? target.name : `${target.name} = ${target.expression}`, style),
    ),
    ...notes.flatMap(note => labelled('note', note, style)),
    '',
    ...table(columns, lines, style),
  ]
}

function examples({ storage, minimum, maximum, top }: ShownDocument['fields'][number]): string {
  if (storage.kind === 'number' && minimum !== undefined && maximum !== undefined && top.length !== 2)
    return [minimum, maximum]
      .map(value => (Number.isInteger(value) ? formatCount(value) : formatNumber(value)))
      .join(' to ')
  if (storage.kind === 'timestamp' && minimum !== undefined && maximum !== undefined)
    return [minimum, maximum].map(seconds => new Date(seconds * 1000).toISOString().slice(0, 10)).join(' to ')
  return top
    .slice(0, 3)
    .map(({ value }) => (value.length > 24 ? `${value.slice(0, 23)}…` : value))
    .join(', ')
}
