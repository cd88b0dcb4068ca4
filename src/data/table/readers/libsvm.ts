import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier, literal } from '../sql.ts'
import { inputFile } from './input-file.ts'
import { rowColumn, type Loaded, type ReaderOptions, type SourceFile } from './source.ts'

/** Widest dense table that ids with values are spread into. */
const widest = 2000

interface Shape {
  rows: number
  badRow: number | null
  shortest: number
  longest: number
  highest: number
  ones: boolean
}

/**
 * Reads `label id:value ...` (LIBSVM, libFM). Lines of one length whose values are all 1 are one-hot rows: field k is
 * the k-th id, whatever the ids' global offsets. Otherwise ids up to 2,000 become numeric columns `x<id>`, absent
 * meaning 0; higher ids, if all values are 1, one sequence of ids.
 * @throws InterplayError `data/corrupt` with the first line that does not fit, `data/empty`
 */
export async function loadLibsvm(
  database: Database,
  relation: string,
  file: SourceFile,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  const lines = identifier(`${relation}#lines`)
  await database.run(
    `CREATE TABLE ${lines} AS
      SELECT rowid_ AS row, parts[1]::DOUBLE AS label, list_transform(parts[2:], lambda part: split_part(part, ':', 1)::BIGINT) AS ids,
        list_transform(parts[2:], lambda part: split_part(part, ':', 2)::DOUBLE) AS numbers, bad
      FROM (
        SELECT row_number() OVER () AS rowid_, regexp_split_to_array(trim(split_part(line, '#', 1)), '\\s+') AS parts_, 
          NOT regexp_full_match(trim(split_part(line, '#', 1)), '[-+.0-9eE]+(\\s+[0-9]+:[-+.0-9eE]+)*') AS bad,
          CASE WHEN bad THEN ['0'] ELSE parts_ END AS parts
        FROM read_csv(${literal(file.path)}, auto_detect = false, header = false, delim = '\x01', quote = '', escape = '',
          columns = {'line': 'VARCHAR'}${file.gzip ? `, compression = 'gzip'` : ''}))`,
  )
  const shape = await database.one<Shape>(
    `SELECT count(*) AS rows, min(row) FILTER (bad) AS badRow, coalesce(min(len(ids)), 0) AS shortest,
      coalesce(max(len(ids)), 0) AS longest, coalesce(max(list_max(ids)), 0) AS highest,
      coalesce(bool_and(list_min(numbers) = 1 AND list_max(numbers) = 1), false) AS ones FROM ${lines}`,
  )
  if (shape.rows === 0) throw new InterplayError('data/empty', `'${file.shown}' is empty`)
  if (shape.badRow !== null && !reader.skipBad) {
    throw new InterplayError('data/corrupt', `'${file.shown}' line ${shape.badRow} is not 'label id:value ...'`, {
      try: '--set reader.skipBad=true',
    })
  }
  await database.run(
    `CREATE TABLE ${identifier(relation)} AS SELECT row::UINTEGER AS ${identifier(rowColumn)}, label, ${columnsOf(file, shape, reader)}
      FROM ${lines} WHERE NOT bad ORDER BY row`,
  )
  return { inputs: [await inputFile(file, signal)], warnings: [] }
}

function columnsOf(file: SourceFile, shape: Shape, reader: ReaderOptions): string {
  const { shortest, longest, highest, ones } = shape
  if (ones && shortest === longest && longest > 0 && longest <= widest) {
    return range(longest, k => `ids[${k}]::VARCHAR AS ${identifier(reader.names?.[k - 1] ?? `field${k}`)}`)
  }
  if (highest <= widest) {
    return range(
      Number(highest),
      id => `coalesce(numbers[list_position(ids, ${id})], 0) AS ${identifier(reader.names?.[id - 1] ?? `x${id}`)}`,
    )
  }
  if (ones) return `list_transform(ids, lambda id: id::VARCHAR) AS ids`
  throw new InterplayError(
    'data/too-many-values',
    `'${file.shown}' has ids up to ${highest.toLocaleString('en-US')} with values other than 1`,
    {
      why: `ids above ${widest} are read only where every value is 1`,
    },
  )
}

const range = (count: number, column: (k: number) => string) =>
  Array.from({ length: count }, (_, k) => column(k + 1)).join(', ')
