import { readFile } from 'node:fs/promises'
import { DataType, tableFromIPC, type Table } from 'apache-arrow'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { checkedNames } from './delimited.ts'
import { inputFile, uncompressed } from './input-file.ts'
import { loadRows } from './spool.ts'
import type { Loaded, ReaderOptions, SourceFile } from './source.ts'

/**
 * Reads an Arrow IPC file or stream (Feather 2), uncompressed buffers only.
 * @throws InterplayError `data/corrupt`, `data/empty`
 */
export async function loadArrow(
  database: Database,
  relation: string,
  file: SourceFile,
  _reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  const bytes = await readFile(await uncompressed(file, database, signal))
  if (bytes.length === 0) throw new InterplayError('data/empty', `'${file.shown}' is empty`)
  let table: Table
  try {
    table = tableFromIPC(bytes)
  } catch (error) {
    throw new InterplayError('data/corrupt', `'${file.shown}' is not a whole Arrow file`, {
      why: (error as Error).message.split('\n', 1)[0],
      cause: error,
    })
  }
  if (table.numRows === 0) throw new InterplayError('data/empty', `'${file.shown}' has fields and no rows`)
  await loadRows(database, relation, file.shown, rowsOf(file, table), signal)
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

function* rowsOf(file: SourceFile, table: Table): Generator<Record<string, unknown>> {
  const names = checkedNames(
    file.shown,
    table.schema.fields.map(field => field.name),
  )
  const columns = table.schema.fields.map((field, k) => {
    const column = table.getChildAt(k)!
    const temporal = DataType.isTimestamp(field.type) || DataType.isDate(field.type)
    return (row: number): unknown => {
      const value: unknown = column.get(row)
      if (value == null) return null
      if (temporal) return new Date(Number(value)).toISOString()
      if (DataType.isList(field.type)) return [...(value as Iterable<unknown>)]
      return value
    }
  })
  for (let row = 0; row < table.numRows; row++) {
    const record: Record<string, unknown> = {}
    for (let k = 0; k < names.length; k++) record[names[k]!] = columns[k]!(row)
    yield record
  }
}
