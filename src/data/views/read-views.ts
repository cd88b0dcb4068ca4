import { InterplayError } from '../../errors/index.ts'
import { requireColumn, textRows, type TextRows } from '../table/text-rows.ts'
import type { TwoViews, View } from './views.ts'

/**
 * Two modalities of a table and its label: a modality is a field of lists, numbers or text, or all fields `NAME_...` or
 * `NAME....` where no field is called NAME. Empty cells are absent: rows without a label are unlabelled pairs.
 *
 * @throws InterplayError `option/invalid`, `data/target-missing`, `data/unknown-field`, `data/ragged`, `data/not-finite`, and
 * what reading tables throws
 */
export async function readViews({
  inputs,
  target,
  roles,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  target?: string
  roles?: Readonly<Record<string, readonly string[]>>
  signal?: AbortSignal
}): Promise<TwoViews> {
  const names = roles?.modality ?? []
  if (names.length !== 2 || names[0] === names[1])
    throw new InterplayError('option/invalid', `two modalities are compared, got ${names.length}`, {
      where: `--modalities ${names.join(',')}`,
      try: '--modalities TEXT,IMAGE',
    })
  const table = await textRows(inputs.rows!, 2, signal)
  if (target === undefined)
    throw new InterplayError('data/target-missing', 'no target given', {
      why: `fields of '${table.path}': ${table.columns.slice(0, 10).join(', ')}`,
      try: `-t ${table.columns.at(-1)}`,
    })
  requireColumn(table, target, '--target')
  const views = names.map(name => viewOf(table, name)) as [View, View]
  return { name: table.path, rows: table.rows.length, views, labels: labelsOf(table, target) }
}

function viewOf(table: TextRows, name: string): View {
  const parts = table.columns.includes(name)
    ? []
    : table.columns.filter(column => column.startsWith(`${name}_`) || column.startsWith(`${name}.`))
  if (parts.length > 0) return vectors(table, name, row => partsOf(row, parts))
  requireColumn(table, name, '--modalities')
  const cells = table.rows.map(row => row[name] ?? null).filter(cell => cell !== null)
  if (cells.length > 0 && cells.every(cell => /^\[.*\]$/s.test(cell)))
    return vectors(table, name, row => listOf(row[name] ?? null))
  if (cells.every(cell => Number.isFinite(Number(cell))))
    return vectors(table, name, row => (row[name] == null ? null : [Number(row[name])]))
  const categories = [...new Set(cells)].sort()
  const codes = new Map(categories.map((category, code) => [category, code]))
  const values = Int32Array.from(table.rows, row => codes.get(row[name] ?? '') ?? -1)
  return { name, kind: 'values', categories, values }
}

/** A vector split over fields; absent where all of them are. */
const partsOf = (row: TextRows['rows'][number], parts: readonly string[]): number[] | null =>
  parts.every(part => row[part] === null) ? null : parts.map(part => (row[part] === null ? NaN : Number(row[part])))

const listOf = (cell: string | null): number[] | null =>
  cell === null
    ? null
    : cell
        .slice(1, -1)
        .split(',')
        .map(part => (part.trim() === '' || part.trim() === 'NULL' ? NaN : Number(part)))

function vectors(
  { path, rows }: TextRows,
  name: string,
  read: (row: TextRows['rows'][number]) => number[] | null,
): View {
  const lists = rows.map(read)
  const width = lists.find(list => list !== null)?.length ?? 1
  const values = new Float64Array(rows.length * width).fill(NaN)
  lists.forEach((list, row) => {
    if (!list) return
    if (list.length !== width)
      throw new InterplayError(
        'data/ragged',
        `'${path}' row ${row + 1}: '${name}' has ${list.length} numbers, not ${width}`,
      )
    const at = list.findIndex(value => !Number.isFinite(value))
    if (at >= 0)
      throw new InterplayError(
        'data/not-finite',
        `'${path}' row ${row + 1}: '${name}' has no number at place ${at + 1}`,
      )
    values.set(list, row * width)
  })
  return { name, kind: 'vectors', width, values }
}

/** Values of a label: each has a distribution of its own. */
const mostClasses = 50

function labelsOf({ rows }: TextRows, target: string): TwoViews['labels'] {
  const cells = rows.map(row => row[target] ?? null)
  const classes = [...new Set(cells.filter(cell => cell !== null))].sort()
  if (classes.length > mostClasses)
    throw new InterplayError(
      'data/too-many-values',
      `'${target}' has ${classes.length} values, ${mostClasses} at most`,
      {
        why: 'each has a distribution of its own',
        try: 'a label of few values: numbers cut into ranges',
      },
    )
  const codes = new Map(classes.map((name, code) => [name, code]))
  return { name: target, classes, values: Int32Array.from(cells, cell => (cell === null ? -1 : codes.get(cell)!)) }
}
