import { mkdtempSync, rmSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { identifier, literal } from './sql.ts'
import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api'

export interface DatabaseOptions {
  /** Default: the cores this process may use. */
  threads?: number
  /** Bytes DuckDB may hold before it spills to the temporary folder. Default 1.5 GB. */
  memory?: number
  signal?: AbortSignal
}

/**
 * One private in-memory DuckDB with a temporary folder beside it. Extensions are neither installed nor loaded on their
 * own: nothing is ever downloaded. Aborting the signal interrupts the running query, which then rejects with its reason.
 */
export class Database {
  /** Turns a fault of DuckDB into one a user can read; set by the reader that knows the input. */
  explain: (error: unknown) => unknown = error => error
  private closed = false
  private files = 0
  private readonly interrupt = () => this.connection.interrupt()

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    /** Temporary folder of this database, for spooled inputs; removed by `close`. */
    readonly folder: string,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.interrupt)
  }

  static async open(options: DatabaseOptions = {}): Promise<Database> {
    options.signal?.throwIfAborted()
    const folder = mkdtempSync(join(tmpdir(), 'interplay-'))
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      threads: String(options.threads ?? availableParallelism()),
      memory_limit: `${Math.round((options.memory ?? 1.5e9) / 1e6)}MB`,
      temp_directory: join(folder, 'spill'),
    })
    const connection = await instance.connect()
    await connection.run(`SET TimeZone = 'UTC'`)
    return new Database(instance, connection, folder, options.signal)
  }

  async run(sql: string): Promise<void> {
    await this.guard(() => this.connection.run(sql))
  }

  /** All rows as objects; integers come as numbers, lists as arrays. For small results. */
  async select<Row>(sql: string): Promise<Row[]> {
    const reader = await this.guard(() => this.connection.runAndReadAll(sql))
    return reader.getRowObjectsJS().map(row => plain(row) as Row)
  }

  /** The single row of an aggregate. */
  async one<Row>(sql: string): Promise<Row> {
    return (await this.select<Row>(sql))[0]!
  }

  /** Column chunks (2,048 rows) as they come, never the whole result. */
  async *stream(sql: string): AsyncGenerator<DuckDBDataChunk> {
    const result = await this.guard(() => this.connection.stream(sql))
    for (;;) {
      const chunk = await this.guard(() => result.fetchChunk())
      if (!chunk || chunk.rowCount === 0) return
      yield chunk
    }
  }

  /** Makes a table of `value` and `id`, from 1 in the order given. */
  async fill(
    table: string,
    type: 'DOUBLE' | 'VARCHAR',
    values: readonly string[],
    idOf: (value: string, place: number) => number | undefined = (_, place) => place + 1,
  ): Promise<void> {
    const path = this.temporary('values.jsonl')
    await writeFile(path, values.map((value, k) => `${JSON.stringify({ value, id: idOf(value, k) })}\n`).join(''))
    await this.run(
      `CREATE TABLE ${identifier(table)} AS SELECT value::${type} AS value, id FROM
        read_json(${literal(path)}, format = 'newline_delimited', columns = {value: 'VARCHAR', id: 'INTEGER'})`,
    )
    await rm(path)
  }

  /** Drops a relation that is no longer needed, if it is a stored table; a view costs nothing. */
  async discard(relation: string): Promise<void> {
    if (await this.isStored(relation)) await this.run(`DROP TABLE ${identifier(relation)}`)
  }

  async isStored(relation: string): Promise<boolean> {
    const { stored } = await this.one<{ stored: boolean }>(
      `SELECT count(*) > 0 AS stored FROM duckdb_tables() WHERE table_name = ${literal(relation)}`,
    )
    return stored
  }

  /** A path in the temporary folder that no other file has. */
  temporary(name: string): string {
    return join(this.folder, `${this.files++}-${name}`)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.signal?.removeEventListener('abort', this.interrupt)
    this.connection.closeSync()
    this.instance.closeSync()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async guard<Result>(query: () => Promise<Result>): Promise<Result> {
    this.signal?.throwIfAborted()
    try {
      return await query()
    } catch (error) {
      this.signal?.throwIfAborted()
      throw this.explain(error)
    }
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]))
  }
  return value
}
