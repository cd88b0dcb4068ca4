import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier, literal } from '../sql.ts'
import { inputFile } from './input-file.ts'
import { chosenTable } from './sqlite.ts'
import { numbered, type Loaded, type ReaderOptions, type SourceFile } from './source.ts'

/** Reads one table of a DuckDB database file, or `reader.query`. */
export async function loadDuckdb(
  database: Database,
  relation: string,
  file: SourceFile,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  await attach(database, file)
  const tables = await database.select<{ name: string }>(
    `SELECT table_name AS name FROM duckdb_tables() WHERE database_name = 'attached' UNION ALL
     SELECT view_name FROM duckdb_views() WHERE database_name = 'attached' AND NOT internal ORDER BY 1`,
  )
  const query =
    reader.query ??
    `SELECT * FROM attached.${identifier(
      chosenTable(
        file.shown,
        tables.map(table => table.name),
        reader.table,
      ),
    )}`
  await loadQuery(database, relation, file.shown, query)
  await detach(database)
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

/** Attaches a DuckDB file, read only, under the name `attached` and as the first place where tables are looked for. */
export async function attach(database: Database, file: SourceFile): Promise<void> {
  try {
    await database.run(`ATTACH ${literal(file.path)} AS attached (TYPE duckdb, READ_ONLY)`)
  } catch (error) {
    throw new InterplayError('data/corrupt', `'${file.shown}' cannot be read as a DuckDB file`, {
      why: (error as Error).message.split('\n', 1)[0],
      cause: error,
    })
  }
  await database.run(`SET search_path = 'memory.main,attached.main'`)
}

export async function detach(database: Database): Promise<void> {
  await database.run(`SET search_path = 'memory.main'`)
  await database.run('DETACH attached')
}

/**
 * Materialises a query; rows are numbered in the order it gives.
 * @throws InterplayError `data/query`, `data/empty`
 */
export async function loadQuery(database: Database, relation: string, shown: string, query: string): Promise<void> {
  const table = `memory.main.${identifier(relation)}`
  try {
    await database.run(`CREATE TABLE ${table} AS SELECT ${numbered}, * FROM (${query.replace(/;\s*$/, '')})`)
  } catch (error) {
    if (error instanceof InterplayError || (error as Error).name === 'AbortError') throw error
    throw new InterplayError('data/query', `the query of '${shown}' does not run`, {
      why: (error as Error).message.split('\n', 1)[0],
      cause: error,
    })
  }
  const { rows } = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`)
  if (rows === 0) throw new InterplayError('data/empty', `'${shown}' gives no rows`)
}
