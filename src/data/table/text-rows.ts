import { InterplayError, isInterplayError, suggest } from '../../errors/index.ts'
import { Database } from './database.ts'
import { load } from './open.ts'
import { rowColumn } from './readers/source.ts'
import { identifier } from './sql.ts'

/** A small table, every value as the text it is written as, empty ones null. */
export interface TextRows {
  path: string
  columns: string[]
  rows: Record<string, string | null>[]
}

/**
 * Reads all rows of a table that is no table of examples: edges, payoffs, moves.
 * @throws InterplayError `data/columns` for fewer columns than `least`, and what reading tables throws
 */
export async function textRows(path: string, least: number, signal?: AbortSignal): Promise<TextRows> {
  const database = await Database.open({ signal })
  try {
    await loadSplitting(database, path, signal)
    const described = await database.select<{ column_name: string }>('DESCRIBE source')
    const columns = described.map(column => column.column_name).filter(name => name !== rowColumn)
    if (columns.length < least) {
      throw new InterplayError('data/columns', `'${path}' has ${columns.length} column, ${least} are needed`)
    }
    const list = columns.map(name => `nullif(trim(CAST(${identifier(name)} AS VARCHAR)), '') AS ${identifier(name)}`)
    const rows = await database.select<Record<string, string | null>>(
      `SELECT ${list.join(', ')} FROM source ORDER BY ${identifier(rowColumn)}`,
    )
    return { path, columns, rows }
  } finally {
    database.close()
  }
}

/** The name of a column that must be there. Throws `data/unknown-field` with the nearest ones. */
export function requireColumn({ path, columns }: TextRows, name: string, where: string): string {
  if (columns.includes(name)) return name
  const near = suggest(name, columns)
  throw new InterplayError('data/unknown-field', `${path} has no field '${name}'`, {
    where,
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : `fields: ${columns.slice(0, 10).join(', ')}`,
  })
}

/** Another separator than the comma is taken where the file plainly has one: who reads such a table says no settings. */
async function loadSplitting(database: Database, path: string, signal?: AbortSignal): Promise<void> {
  try {
    await load(database, 'source', path, { signal })
  } catch (error) {
    const delimiter = isInterplayError(error) ? error.details?.delimiter : undefined
    if (typeof delimiter !== 'string') throw error
    await load(database, 'source', path, { signal, reader: { delimiter } })
  }
}
