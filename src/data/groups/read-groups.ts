import { InterplayError } from '../../errors/index.ts'
import { requireColumn, textRows, type TextRows } from '../table/text-rows.ts'
import type { GroupedColumn, GroupedTable } from './groups.ts'

/** Whole numbers of at most as many values are taken as values, not as amounts. */
const fewValues = 10

/**
 * Rows in groups: the field of role `environments` tells the groups apart, all others are columns, those of words and of few
 * whole numbers being discrete.
 *
 * @throws InterplayError `option/invalid`, `data/unknown-field`, `data/not-finite` for an empty cell, and what reading tables throws
 */
export async function readGroups({
  inputs,
  roles,
  signal,
}: {
  inputs: Readonly<Record<string, string>>
  roles?: Readonly<Record<string, readonly string[]>>
  signal?: AbortSignal
}): Promise<GroupedTable> {
  const table = await textRows(inputs.rows!, 2, signal)
  const [group, ...more] = roles?.environments ?? []
  if (group === undefined || more.length > 0)
    throw new InterplayError('option/invalid', 'one field tells the environments apart', {
      where: `--environments ${[group, ...more].filter(Boolean).join(',')}`,
      why: `fields of '${table.path}': ${table.columns.slice(0, 10).join(', ')}`,
      try: `--environments ${table.columns[0]}`,
    })
  requireColumn(table, group, '--environments')
  const cells = table.rows.map((row, r) => cellOf(table, row, r, group))
  const groupNames = [...new Set(cells)]
  const places = new Map(groupNames.map((name, place) => [name, place]))
  const columns = table.columns.filter(name => name !== group).map(name => columnOf(table, name))
  const groups = Int32Array.from(cells, name => places.get(name)!)
  return { name: table.path, rows: table.rows.length, columns, group, groupNames, groups }
}

function columnOf(table: TextRows, name: string): GroupedColumn {
  const cells = table.rows.map((row, r) => cellOf(table, row, r, name))
  const words = [...new Set(cells)].sort()
  const numbers = Float64Array.from(cells, Number)
  const numeric = numbers.every(Number.isFinite)
  if (numeric && !(words.length <= fewValues && numbers.every(Number.isInteger)))
    return { name, kind: 'continuous', values: numbers }
  const codes = new Map(words.map((word, code) => [word, code]))
  return { name, kind: 'discrete', values: Float64Array.from(cells, word => codes.get(word)!), words }
}

function cellOf({ path }: TextRows, row: TextRows['rows'][number], r: number, name: string): string {
  const cell = row[name]
  if (cell !== null && cell !== undefined) return cell
  throw new InterplayError('data/not-finite', `'${name}' is empty in row ${r + 1} of ${path}`, {
    where: name,
    try: `leave out the rows without '${name}'`,
  })
}
