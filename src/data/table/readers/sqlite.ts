import sqlite from 'node-sqlite3-wasm'
import { InterplayError, suggest } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier } from '../sql.ts'
import { inputFile, uncompressed } from './input-file.ts'
import { loadRows } from './spool.ts'
import type { Loaded, ReaderOptions, SourceFile } from './source.ts'

/**
 * Reads one table of a SQLite file, or `reader.query`.
 * @throws InterplayError `data/corrupt`, `data/table` when it holds several tables and none is named
 */
export async function loadSqlite(
  database: Database,
  relation: string,
  file: SourceFile,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  const path = await uncompressed(file, database, signal)
  const source = new sqlite.Database(path, { readOnly: true, fileMustExist: true })
  try {
    const query = reader.query ?? `SELECT * FROM ${identifier(chosenTable(file.shown, tablesOf(source), reader.table))}`
    const statement = source.prepare(query)
    try {
      await loadRows(database, relation, file.shown, statement.iterate() as Iterable<Record<string, unknown>>, signal)
    } finally {
      statement.finalize()
    }
  } catch (error) {
    if (!(error instanceof sqlite.SQLite3Error)) throw error
    throw new InterplayError('data/corrupt', `'${file.shown}' cannot be read as a SQLite file`, {
      why: error.message,
      cause: error,
    })
  } finally {
    source.close()
  }
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

function tablesOf(source: InstanceType<typeof sqlite.Database>): string[] {
  const rows = source.all(
    `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name`,
  )
  return rows.map(row => String((row as { name: string }).name))
}

/** The table named, or the only one. @throws InterplayError `data/table` */
export function chosenTable(shown: string, tables: string[], wanted: string | undefined): string {
  if (wanted !== undefined && tables.includes(wanted)) return wanted
  if (wanted === undefined && tables.length === 1) return tables[0]!
  const near = wanted === undefined ? [] : suggest(wanted, tables)
  throw new InterplayError(
    'data/table',
    wanted === undefined
      ? `'${shown}' holds ${tables.length === 0 ? 'no table' : `${tables.length} tables`}`
      : `'${shown}' has no table '${wanted}'`,
    {
      why: tables.length > 0 ? `tables: ${tables.slice(0, 10).join(', ')}` : undefined,
      try: tables.length > 0 ? `--set reader.table=${near[0] ?? tables[0]}` : undefined,
    },
  )
}
