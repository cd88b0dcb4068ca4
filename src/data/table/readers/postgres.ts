import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import pg from 'pg'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier } from '../sql.ts'
import { loadRows } from './spool.ts'
import { chosenTable } from './sqlite.ts'
import type { Loaded, ReaderOptions } from './source.ts'

/**
 * Reads `reader.query` or one table of a Postgres server. The URL names host and database; a password comes from
 * PGPASSWORD or a password file, as libpq does it, and is never recorded.
 * @throws InterplayError `data/connection`, `data/query`, `data/table`, `data/empty`
 */
export async function loadPostgres(
  database: Database,
  relation: string,
  url: string,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  const shown = withoutUser(url)
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
  } catch (error) {
    throw new InterplayError('data/connection', `'${shown}' does not answer`, {
      why: (error as Error).message,
      cause: error,
    })
  }
  const stop = () => void client.end()
  signal?.addEventListener('abort', stop)
  try {
    const query =
      reader.query ?? `SELECT * FROM ${identifier(chosenTable(shown, await tablesOf(client), reader.table))}`
    const found = await loadRows(database, relation, shown, rowsOf(client, query), signal)
    return { inputs: [{ path: shown, ...found }], warnings: [] }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    throw new InterplayError('data/query', `the query of '${shown}' does not run`, { why: error.message, cause: error })
  } finally {
    signal?.removeEventListener('abort', stop)
    await client.end()
  }
}

/** Without user and password, as it is shown and recorded. */
function withoutUser(url: string): string {
  const parsed = new URL(url)
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`,
  )
  return rows.map(row => row.name)
}

/** Rows as the server sends them, with backpressure on the socket. */
async function* rowsOf(client: pg.Client, text: string): AsyncGenerator<Record<string, unknown>> {
  const stream = new PassThrough({ objectMode: true, highWaterMark: 4096 })
  const query = client.query(new pg.Query(text))
  const socket = (client as unknown as { connection: { stream: NodeJS.ReadableStream } }).connection.stream
  query.on('row', row => {
    if (!stream.write(row)) socket.pause()
  })
  stream.on('drain', () => socket.resume())
  query.on('end', () => stream.end())
  query.on('error', error => stream.destroy(error))
  if (stream.writableNeedDrain) await once(stream, 'drain')
  yield* stream as AsyncIterable<Record<string, unknown>>
}
