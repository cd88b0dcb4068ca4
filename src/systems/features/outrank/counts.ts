import type { CodedTable } from '../../../data/index.ts'
import type { Histogram } from './histogram.ts'

/** What was counted of a set of fields. */
export interface Counts {
  /** Rows a value. */
  values: Histogram
  /** Rows a value and class: under the true classes first, then under each control. */
  cells: Histogram[]
  /** Distinct values; a row without one counts as a value of its own. */
  distinct: number
}

/** SQL for the value of a set: the code of a field, or the hash of several. */
export const valueOf = (columns: readonly string[]): string =>
  columns.length === 1 ? columns[0]! : `hash(${columns.join(', ')})`

/**
 * Counts a set under the classes and each copy of them in one pass over the rows. Values seen once are left out: they
 * tell nothing. Counts of several labellings are summed in one 62-bit word, so that a value costs few sums.
 */
export async function count(table: CodedTable, columns: readonly string[]): Promise<Counts> {
  const labels = ['y', ...Array.from({ length: table.copies }, (_, k) => `y${k + 1}`)]
  return counted(table, labels, `SELECT ${valueOf(columns)} AS value, ${labels.join(', ')} FROM ${table.relation}`)
}

/**
 * Counts a set under the classes and under the authors' control: the class of the row that lies as many places further on
 * as the value has rows.
 */
export async function countShifted(table: CodedTable, columns: readonly string[]): Promise<Counts> {
  const { relation, rows } = table
  return counted(
    table,
    ['y', 'y1'],
    `SELECT value, own.y, other.y AS y1
      FROM (SELECT *, count(*) OVER (PARTITION BY value) AS times
        FROM (SELECT ${valueOf(columns)} AS value, y, position FROM ${relation})) AS own
      JOIN (SELECT y, position FROM ${relation}) AS other ON other.position = (own.position + own.times) % ${rows}`,
  )
}

async function counted(table: CodedTable, labels: readonly string[], rows: string): Promise<Counts> {
  const bits = Math.ceil(Math.log2(table.rows + 1))
  const perWord = Math.floor(62 / bits)
  const { classes } = table.target
  const slots = labels.flatMap((label, k) =>
    Array.from({ length: classes - 1 }, (_, j) => ({ label, k, class: j + 1 })),
  )
  const words = Array.from({ length: Math.ceil(slots.length / perWord) }, (_, w) =>
    slots.slice(w * perWord, (w + 1) * perWord),
  )
  const word = (list: typeof slots) =>
    list.map((slot, i) => `((${slot.label} = ${slot.class})::BIGINT << ${i * bits})`).join(' + ')
  const cell = (slot: number) => `((w${Math.floor(slot / perWord)} >> ${(slot % perWord) * bits}) & ${2 ** bits - 1})`
  const parts = labels.map((_, k) => Array.from({ length: classes - 1 }, (_, j) => cell(k * (classes - 1) + j)))
  const counts = ['n', ...parts.flatMap(cells => [...cells, ['n', ...cells].join(' - ')])]
  const kinds = [0, ...parts.flatMap((_, k) => Array.from({ length: classes }, () => k + 1))]
  const found = await table.database.select<{ kind: number; rows: number; times: number }>(
    `WITH given AS (${rows}),
      words AS (SELECT value, ${words.map((list, w) => `${word(list)} AS w${w}`).join(', ')} FROM given),
      groups AS (SELECT count(*) AS n, ${words.map((_, w) => `sum(w${w})::BIGINT AS w${w}`).join(', ')}
        FROM words GROUP BY value HAVING count(*) > 1),
      cells AS (SELECT unnest([${kinds.join(', ')}]) AS kind, unnest([${counts.join(', ')}]) AS rows FROM groups)
    SELECT kind, rows, count(*) AS times FROM cells WHERE rows > 1 GROUP BY ALL ORDER BY kind, rows`,
  )
  const of = (kind: number): Histogram =>
    found.filter(entry => entry.kind === kind).map(entry => [entry.rows, entry.times] as const)
  const values = of(0)
  const several = values.reduce((sum, [, times]) => sum + times, 0)
  const inSeveral = values.reduce((sum, [rows, times]) => sum + rows * times, 0)
  return { values, cells: labels.map((_, k) => of(k + 1)), distinct: several + table.rows - inSeveral }
}

/** Rows a class. */
export async function classCounts({ database, relation }: CodedTable): Promise<Histogram> {
  const found = await database.select<{ rows: number; times: number }>(
    `SELECT rows, count(*) AS times FROM (SELECT count(*) AS rows FROM ${relation} GROUP BY y) GROUP BY 1 ORDER BY 1`,
  )
  return found.map(({ rows, times }) => [rows, times] as const)
}

/** Rows in which any field of a set has no value, set by set. */
export async function missingRows({ database, relation }: CodedTable, sets: readonly string[][]): Promise<number[]> {
  const missing: number[] = []
  for (let at = 0; at < sets.length; at += 200) {
    const part = sets.slice(at, at + 200)
    const counts = part.map(
      (columns, k) => `count(*) FILTER (${columns.map(column => `${column} IS NULL`).join(' OR ')}) AS m${k}`,
    )
    const found = await database.one<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${relation}`)
    missing.push(...part.map((_, k) => found[`m${k}`]!))
  }
  return missing
}
