import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier, literal } from '../sql.ts'
import { inputFile } from './input-file.ts'
import { numbered, type Loaded, type ReaderOptions, type SourceFile } from './source.ts'

/**
 * Reads JSON lines, or one JSON array of objects. Types come from every row, not a sample.
 * @throws InterplayError `data/corrupt` with the line, `data/empty`
 */
export async function loadJson(
  database: Database,
  relation: string,
  file: SourceFile,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  await loadJsonText(database, relation, file, reader)
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

/** The same without hashing, for rows spooled from elsewhere. */
export async function loadJsonText(
  database: Database,
  relation: string,
  file: SourceFile,
  reader: ReaderOptions,
): Promise<void> {
  try {
    await database.run(
      `CREATE TABLE ${identifier(relation)} AS SELECT ${numbered}, * FROM read_json(${literal(file.path)}, format = 'auto', sample_size = -1,
        maximum_object_size = 67108864, records = true, ignore_errors = ${reader.skipBad ?? false},
        compression = '${file.gzip ? 'gzip' : 'uncompressed'}')`,
    )
  } catch (error) {
    throw await jsonError(file, error)
  }
  const { rows } = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${identifier(relation)}`)
  if (rows === 0) throw new InterplayError('data/empty', `'${file.shown}' is empty`)
  await unquote(database, relation)
}

/** Columns of several types, which the database leaves as JSON, become text as a CSV would hold it. */
async function unquote(database: Database, relation: string): Promise<void> {
  const columns = await database.select<{ column_name: string; column_type: string }>(
    `DESCRIBE ${identifier(relation)}`,
  )
  for (const { column_name: name, column_type: type } of columns) {
    const column = identifier(name)
    const text =
      type === 'JSON'
        ? `VARCHAR USING ${column} ->> '$'`
        : `VARCHAR[] USING list_transform(${column}, lambda value: value ->> '$')`
    if (type !== 'JSON' && type !== 'JSON[]') continue
    await database.run(`ALTER TABLE ${identifier(relation)} ALTER ${column} TYPE ${text}`)
  }
}

async function jsonError(file: SourceFile, error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || error.name === 'AbortError') return error
  const { line, empty } = await firstBadLine(file)
  if (empty) return new InterplayError('data/empty', `'${file.shown}' is empty`)
  const reason = /Malformed JSON.*?: ([^.]+)\./s.exec(error.message)?.[1]
  const records = /expected records/.test(error.message) ? 'every row must be an object' : undefined
  return new InterplayError(
    'data/corrupt',
    `'${file.shown}' is not JSON${line ? ` at line ${line.toLocaleString('en-US')}` : ''}`,
    {
      why: reason ?? records ?? error.message.split('\n', 1)[0],
      try: line ? '--set reader.skipBad=true' : undefined,
      cause: error,
    },
  )
}

/** The first line of JSON lines that does not parse (the database's own count is off); none in one JSON document. */
async function firstBadLine(file: SourceFile): Promise<{ line?: number; empty: boolean }> {
  const stored = createReadStream(file.path)
  const input = file.gzip ? stored.pipe(createGunzip()) : stored
  let line = 0
  let empty = true
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line++
    if (text.trim() === '') continue
    if (empty && /^\s*\[/.test(text)) return { empty: false }
    empty = false
    try {
      JSON.parse(text)
    } catch {
      return { line, empty }
    }
  }
  return { empty }
}
