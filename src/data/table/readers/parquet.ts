import { open } from 'node:fs/promises'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier, literal } from '../sql.ts'
import { inputFile, uncompressed } from './input-file.ts'
import { rowColumn, type Loaded, type ReaderOptions, type SourceFile } from './source.ts'

/**
 * A view on the file: nothing is copied, each query reads the columns it needs.
 * @throws InterplayError `data/corrupt`, at opening or from the query that meets a broken page
 */
export async function loadParquet(
  database: Database,
  relation: string,
  file: SourceFile,
  _reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  const path = await uncompressed(file, database, signal)
  await refuseTruncated(path, file)
  database.explain = error => corrupt(file, error)
  await database.run(
    `CREATE VIEW ${identifier(relation)} AS SELECT (file_row_number + 1)::UINTEGER AS ${identifier(rowColumn)},
      * EXCLUDE (file_row_number) FROM read_parquet(${literal(path)}, file_row_number = true)`,
  )
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

async function refuseTruncated(path: string, file: SourceFile): Promise<void> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    if (size === 0) throw new InterplayError('data/empty', `'${file.shown}' is empty`)
    const ends = Buffer.alloc(8)
    await handle.read(ends, 0, 4, 0)
    if (ends.toString('latin1', 0, 4) !== 'PAR1') {
      throw new InterplayError('data/corrupt', `'${file.shown}' does not begin as a Parquet file`)
    }
    await handle.read(ends, 4, 4, Math.max(0, size - 4))
    if (size < 12 || ends.toString('latin1', 4) !== 'PAR1') {
      throw new InterplayError('data/corrupt', `'${file.shown}' ends before its footer`, { why: `${size} bytes` })
    }
  } finally {
    await handle.close()
  }
}

/** Faults of the user's SQL, of memory and of an interrupt are not the file's. */
const others = /^(Binder|Parser|Catalog|Conversion|Out of Memory|Out of Range|INTERRUPT) Error/

function corrupt(file: SourceFile, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'AbortError' || others.test(error.message)) return error
  const reason = error.message.split('\n', 1)[0]!.replace(/["']?\/[^\s"']*["']?/g, 'the file')
  return new InterplayError('data/corrupt', `'${file.shown}' cannot be read to its end`, { why: reason })
}
