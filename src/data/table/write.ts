import { rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { Database } from './database.ts'
import { identifier, literal } from './sql.ts'

/** Turns JSON lines of `row` and these columns into a CSV, TSV or Parquet file, by the ending of `to`; removes the lines. */
export async function copyToTable(
  from: string,
  to: string,
  columns: readonly { name: string; text: boolean }[],
): Promise<void> {
  const database = await Database.open()
  try {
    const types = [
      `"row": 'INTEGER'`,
      ...columns.map(({ name, text }) => `${identifier(name)}: '${text ? 'VARCHAR' : 'DOUBLE'}'`),
    ]
    const source = `read_json(${literal(from)}, format = 'newline_delimited', columns = {${types.join(', ')}})`
    const format = { '.parquet': 'FORMAT parquet', '.tsv': `FORMAT csv, HEADER, DELIMITER '\\t'` }[
      extname(to).toLowerCase()
    ]
    await database.run(
      `COPY (SELECT * FROM ${source} ORDER BY "row") TO ${literal(to)} (${format ?? 'FORMAT csv, HEADER'})`,
    )
  } finally {
    database.close()
    await rm(from, { force: true })
  }
}
