import { existsSync, readdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { InterplayError, suggest } from '../../errors/index.ts'
import { Database, type DatabaseOptions } from './database.ts'
import { inferSchema } from './infer.ts'
import { loadArrow } from './readers/arrow.ts'
import { loadDelimited } from './readers/delimited.ts'
import { attach, detach, loadDuckdb, loadQuery } from './readers/duckdb.ts'
import { inputFile, uncompressed } from './readers/input-file.ts'
import { loadJson } from './readers/json.ts'
import { loadLibsvm } from './readers/libsvm.ts'
import { loadParquet } from './readers/parquet.ts'
import { loadPostgres } from './readers/postgres.ts'
import { readerOptions } from './readers/reader-options.ts'
import {
  givenColumn,
  rowColumn,
  type Format,
  type InputFile,
  type Load,
  type Loaded,
  type ReaderOptions,
  type SourceFile,
  type Warning,
} from './readers/source.ts'
import { loadSqlite } from './readers/sqlite.ts'
import type { Schema } from './schema.ts'
import { identifier } from './sql.ts'

export interface OpenOptions extends DatabaseOptions {
  reader?: ReaderOptions
  /** Field -> type, as `--type` takes it; what is told to be a category keeps its text. */
  types?: Record<string, string>
  onProgress?: (progress: { stage: string; done: number; total: number }) => void
}

type FileLoad = (...given: [...Parameters<Load>, AbortSignal?]) => Promise<Loaded>

const loads: Record<Format, FileLoad> = {
  csv: loadDelimited,
  json: loadJson,
  parquet: loadParquet,
  arrow: loadArrow,
  sqlite: loadSqlite,
  duckdb: loadDuckdb,
  libsvm: loadLibsvm,
}

const extensions: Record<string, Format> = {
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  txt: 'csv',
  data: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  duckdb: 'duckdb',
  libsvm: 'libsvm',
  svm: 'libsvm',
  libfm: 'libsvm',
}

/**
 * A table that has been opened: its schema, and the relation `typed` in a private DuckDB that holds every row under the
 * input's own field names, with `#row`, its number in the input. Close it, or declare it with `await using`.
 */
export class Table {
  constructor(
    /** The input as the user called it. */
    readonly name: string,
    readonly database: Database,
    /** The SQL relation of typed rows. */
    readonly relation: string,
    readonly schema: Schema,
    readonly inputs: InputFile[],
    readonly warnings: Warning[],
    /** Splits that were given as files of their own (0 train, 1 valid, 2 test); rows then have a `#given`. */
    readonly given: readonly number[],
  ) {}

  get rows(): number {
    return this.schema.rows
  }

  /** The first rows, as objects. */
  head(count: number): Promise<Record<string, unknown>[]> {
    return this.database.select(
      `SELECT ${this.schema.fields.map(field => identifier(field.name)).join(', ')} FROM ${this.relation} LIMIT ${count}`,
    )
  }

  close(): void {
    this.database.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

/** A table as one input, or as files that are split already. */
export type TableInput = string | { train: string; valid?: string; test?: string }

/**
 * Opens a table: a path (CSV, TSV, Parquet, JSON lines, Arrow, SQLite, DuckDB, libsvm; delimited text and JSON also
 * gzipped), `sql:SELECT ...`, `postgres://host/database`, `-` for standard input, or the files of its splits.
 * @throws InterplayError `data/not-found`, `data/empty`, `data/corrupt`, `data/encoding`, `data/ragged`, `data/delimiter`,
 * `data/duplicate-field`, `data/columns`, `data/table`, `data/query`, `data/connection`, `option/unknown`, `option/invalid`
 */
export async function openTable(input: TableInput, options: OpenOptions = {}): Promise<Table> {
  const database = await Database.open(options)
  try {
    const given = typeof input === 'string' ? [] : splitFiles(input)
    const { inputs, warnings } = await (typeof input === 'string'
      ? load(database, 'source', input, options)
      : loadSplits(database, given, options))
    const inferred = await inferSchema(database, 'source', 'typed', options.types, (done, total) =>
      options.onProgress?.({ stage: 'schema', done, total }),
    )
    const name = nameOf(typeof input === 'string' ? input : input.train)
    return new Table(
      name,
      database,
      'typed',
      inferred.schema,
      inputs,
      [...warnings, ...inferred.warnings],
      given.map(file => file.code),
    )
  } catch (error) {
    database.close()
    throw error
  }
}

/** What an input is called in messages. */
export function nameOf(input: string): string {
  return input.startsWith('sql:') ? 'the query' : input === '-' ? 'standard input' : basename(input)
}

interface SplitFile {
  code: number
  path: string
}

function splitFiles({ train, valid, test }: Exclude<TableInput, string>): SplitFile[] {
  return [train, valid, test].flatMap((path, code) => (path === undefined ? [] : [{ code, path }]))
}

/** One relation of several files that have the same fields; `#given` says which split a row is of. */
async function loadSplits(database: Database, files: SplitFile[], options: OpenOptions): Promise<Loaded> {
  const loaded: Loaded = { inputs: [], warnings: [] }
  let names: string[] = []
  for (const { code, path } of files) {
    const { inputs, warnings } = await load(database, `source${code}`, path, options)
    loaded.inputs.push(...inputs)
    loaded.warnings.push(...warnings)
    const found = await columnsOf(database, `source${code}`)
    if (code === 0) names = found
    const absent = names.filter(name => !found.includes(name))
    if (absent.length > 0) {
      throw new InterplayError(
        'data/columns',
        `'${nameOf(path)}' has no field '${absent[0]}', '${nameOf(files[0]!.path)}' has`,
        {
          details: { fields: absent },
        },
      )
    }
  }
  const list = names.map(identifier).join(', ')
  for (const { code } of files) {
    const rows = `SELECT ${list}, ${code}::UTINYINT AS ${identifier(givenColumn)} FROM ${identifier(`source${code}`)}`
    await database.run(code === 0 ? `CREATE TABLE source AS ${rows}` : `INSERT INTO source ${rows}`)
    await database.discard(`source${code}`)
  }
  return loaded
}

async function columnsOf(database: Database, relation: string): Promise<string[]> {
  const columns = await database.select<{ column_name: string }>(`DESCRIBE ${identifier(relation)}`)
  return columns.map(column => column.column_name)
}

/** Makes the relation `relation` of an input in `database`: the input's columns as they stand, and `#row`. */
export async function load(database: Database, relation: string, input: string, options: OpenOptions): Promise<Loaded> {
  const { signal } = options
  const reader = readerOptions(options.reader)
  if (input.startsWith('sql:')) return loadSql(database, relation, input.slice(4).trim(), reader, signal)
  if (/^postgres(ql)?:\/\//.test(input)) return loadPostgres(database, relation, input, reader, signal)
  const file = input === '-' ? await spooled(database, signal) : await sourceFile(existing(input))
  const format = await formatOf(file, reader)
  return loads[format](database, relation, file, reader, signal)
}

async function loadSql(
  database: Database,
  relation: string,
  query: string,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  if (reader.database === undefined) {
    await loadQuery(database, relation, 'sql:', query)
    const bytes = Buffer.from(query)
    const { hash } = await database.one<{ hash: string }>(
      `SELECT sha256(coalesce(string_agg(row_hash, '' ORDER BY row), '')) AS hash FROM
        (SELECT ${identifier(rowColumn)} AS row, md5(CAST(source AS VARCHAR)) AS row_hash FROM ${identifier(relation)} AS source)`,
    )
    return { inputs: [{ path: `sql:${query}`, sha256: hash, bytes: bytes.length }], warnings: [] }
  }
  const path = existing(reader.database)
  const file = await sourceFile(path)
  if ((await magic(path)).startsWith('SQLite format 3')) {
    return loadSqlite(database, relation, file, { ...reader, query }, signal)
  }
  await attach(database, file)
  await loadQuery(database, relation, file.shown, query)
  await detach(database)
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

function existing(input: string): string {
  const path = resolve(input)
  if (existsSync(path) && statSync(path).isFile()) return path
  const folder = existsSync(path)
  throw new InterplayError(
    'data/not-found',
    folder ? `'${input}' is a folder; a table is one file` : `no file, folder or dataset '${input}'`,
    {
      why: nearest(path, folder),
    },
  )
}

function nearest(path: string, folder: boolean): string | undefined {
  const parent = folder ? path : dirname(path)
  if (!existsSync(parent)) return undefined
  const names = readdirSync(parent)
  const near = folder ? names.filter(name => formatOfName(name)).slice(0, 3) : suggest(basename(path), names)
  return near.length > 0 ? `nearest: ${near.join(', ')}` : undefined
}

async function magic(path: string): Promise<string> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

function formatOfName(name: string): Format | undefined {
  return extensions[name.replace(/\.gz$/i, '').split('.').at(-1)!.toLowerCase()]
}

async function formatOf(file: SourceFile, reader: ReaderOptions): Promise<Format> {
  if (reader.format !== undefined) return reader.format
  const start = await magic(file.path)
  if (start.startsWith('SQLite format 3')) return 'sqlite'
  if (start.slice(8, 12) === 'DUCK') return 'duckdb'
  const named = formatOfName(file.shown)
  if (named !== undefined) return named
  if (start.startsWith('PAR1')) return 'parquet'
  if (start.startsWith('ARROW1')) return 'arrow'
  return /^\s*[[{]/.test(start) ? 'json' : 'csv'
}

async function sourceFile(path: string): Promise<SourceFile> {
  return { path, shown: basename(path), gzip: (await magic(path)).startsWith('\x1f\x8b') }
}

/** Standard input in a temporary file, uncompressed, so that its first bytes tell its format. */
async function spooled(database: Database, signal?: AbortSignal): Promise<SourceFile> {
  const path = database.temporary('stdin')
  await pipeline(process.stdin, createWriteStream(path), { signal })
  const file = { ...(await sourceFile(path)), shown: 'standard input' }
  return { ...file, path: await uncompressed(file, database, signal), gzip: false }
}
