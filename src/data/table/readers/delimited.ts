import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { identifier, literal } from '../sql.ts'
import { gzipError, inputFile, relativePath } from './input-file.ts'
import { inspectText, type TextInspection } from './inspect-text.ts'
import { numbered, rowColumn, type Loaded, type ReaderOptions, type SourceFile, type Warning } from './source.ts'

const candidates = [',', ';', '\t', '|']
const spoken: Record<string, string> = { '\t': '\\t' }

/**
 * Reads CSV or TSV into a table of text columns: types are settled afterwards over every row, not guessed from a sample.
 * @throws InterplayError `data/encoding`, `data/empty`, `data/delimiter`, `data/ragged`, `data/duplicate-field`
 */
export async function loadDelimited(
  database: Database,
  relation: string,
  file: SourceFile,
  reader: ReaderOptions,
  signal?: AbortSignal,
): Promise<Loaded> {
  const text = isUtf8Label(reader.encoding) ? file : await transcoded(database, file, reader.encoding!, signal)
  const guess = reader.delimiter ?? (/\.tsv(\.gz)?$/i.test(file.shown) ? '\t' : ',')
  let found = await inspect(text, guess, signal)
  let delimiter = guess
  refuseEncoding(file, found)
  if (found.header.length === 0) throw new InterplayError('data/empty', `'${file.shown}' is empty`)
  if (found.header.length === 1) {
    const better = separatorOf(found, delimiter)
    if (better !== undefined && (reader.delimiter !== undefined || /\.(csv|tsv)(\.gz)?$/i.test(file.shown))) {
      const name = spoken[better] ?? better
      throw new InterplayError('data/delimiter', `'${file.shown}' reads as one field; '${name}' separates its lines`, {
        try: `--set reader.delimiter="${name}"`,
        details: { delimiter: better },
      })
    }
    if (better !== undefined) {
      delimiter = better
      found = await inspect(text, better, signal)
    }
  }
  const hasHeader = reader.header ?? true
  const names = fieldNames(file, found, hasHeader, reader.names)
  const total = found.records + (hasHeader ? 0 : 1)
  if (total === 0) throw new InterplayError('data/empty', `'${file.shown}' has a header and no rows`)
  const faults = faultyRows(file, found, hasHeader, reader)
  if (faults.length === total) throw raggedError(file, found)

  const columns = names.map(name => `${literal(name)}: 'VARCHAR'`).join(', ')
  const kept = faults.length === 0 ? relation : `${relation}#kept`
  await database.run(
    `CREATE TABLE ${identifier(kept)} AS SELECT ${numbered}, * FROM read_csv(${literal(text.path)}, auto_detect = false,
      header = ${hasHeader}, skip = ${found.leading}, delim = ${literal(delimiter)}, quote = '"', escape = '"',
      columns = {${columns}}, max_line_size = 67108864, ignore_errors = ${reader.skipBad ?? false}
      ${text.gzip ? `, compression = 'gzip'` : ''})`,
  )
  const { rows } = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${identifier(kept)}`)
  if (rows !== total - faults.length) {
    throw new InterplayError(
      'data/ragged',
      `'${file.shown}' reads as ${format(rows)} rows, its lines make ${format(total - faults.length)}`,
      {
        why: 'a quote is misplaced or never closed',
      },
    )
  }
  if (faults.length > 0) await countFaults(database, relation, kept, faults)
  const stored =
    text === file
      ? { sha256: found.sha256, bytes: found.bytes, path: relativePath(file.path) }
      : await inputFile(file, signal)
  return { inputs: [stored], warnings: warningsOf(file, found, hasHeader, reader, faults.length) }
}

async function inspect(file: SourceFile, delimiter: string, signal?: AbortSignal): Promise<TextInspection> {
  try {
    return await inspectText(file.path, delimiter, { gzip: file.gzip, signal })
  } catch (error) {
    throw gzipError(file, error)
  }
}

const isUtf8Label = (label: string | undefined) => label === undefined || /^utf-?8$/i.test(label)

async function transcoded(
  database: Database,
  file: SourceFile,
  encoding: string,
  signal?: AbortSignal,
): Promise<SourceFile> {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(encoding, { fatal: true })
  } catch (cause) {
    throw new InterplayError('option/invalid', `reader.encoding '${encoding}' is no known encoding`, {
      try: '--set reader.encoding=latin1',
      cause,
    })
  }
  const path = database.temporary('utf8.txt')
  const decode = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  }
  const stored = createReadStream(file.path)
  const target = createWriteStream(path)
  try {
    if (file.gzip) await pipeline(stored, createGunzip(), decode, target, { signal })
    else await pipeline(stored, decode, target, { signal })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new InterplayError('data/encoding', `'${file.shown}' is not ${encoding}`, { cause: error })
    }
    throw gzipError(file, error)
  }
  return { path, shown: file.shown, gzip: false }
}

function refuseEncoding(file: SourceFile, found: TextInspection): void {
  if (!found.invalid) return
  const { byte, line } = found.invalid
  const wide = found.lines[0]?.includes('\0') || (byte < 2 && line === 1)
  throw new InterplayError(
    'data/encoding',
    `'${file.shown}' is not UTF-8 at byte ${format(byte)}, line ${format(line)}`,
    {
      try: `--set reader.encoding=${wide ? 'utf-16le' : 'latin1'}`,
      details: { byte, line },
    },
  )
}

/** The candidate that splits the first lines into the same number of values, more than one. */
function separatorOf(found: TextInspection, tried: string): string | undefined {
  const lines = found.lines.filter(line => line !== '').slice(0, -1)
  const sample = lines.length > 0 ? lines : found.lines.slice(0, 1)
  let best: { delimiter: string; values: number } | undefined
  for (const delimiter of candidates) {
    if (delimiter === tried) continue
    const counts = new Set(sample.map(line => line.split(delimiter).length))
    const [values = 1] = counts
    if (counts.size === 1 && values > (best?.values ?? 1)) best = { delimiter, values }
  }
  return best?.delimiter
}

function fieldNames(
  file: SourceFile,
  found: TextInspection,
  hasHeader: boolean,
  given: string[] | undefined,
): string[] {
  const width = found.header.length
  if (given !== undefined && given.length !== width) {
    throw new InterplayError(
      'option/invalid',
      `reader.names has ${given.length} names, '${file.shown}' ${width} fields`,
    )
  }
  const names =
    given ?? (hasHeader ? found.header.map(name => name.trim()) : found.header.map((_, k) => `field${k + 1}`))
  return checkedNames(
    file.shown,
    names.map((name, k) => (name === '' ? `field${k + 1}` : name)),
  )
}

/** Names that differ by case alone count as one, as in SQL. @throws InterplayError `data/duplicate-field` */
export function checkedNames(shown: string, names: string[]): string[] {
  const columns = new Map<string, number[]>()
  names.forEach((name, k) => columns.set(name.toLowerCase(), [...(columns.get(name.toLowerCase()) ?? []), k + 1]))
  const twice = [...columns.values()]
    .filter(places => places.length > 1)
    .map(places => [names[places[0]! - 1]!, places] as const)
  if (twice.length === 0) return names
  const times = (n: number) => (n === 2 ? 'twice' : `${n} times`)
  const named = twice.map(([name, places]) => `'${name}' ${times(places.length)}, columns ${list(places)}`)
  throw new InterplayError('data/duplicate-field', `'${shown}' names ${named.slice(0, 3).join('; ')}`, {
    try: `--set reader.names='["...", ...]'`,
    details: { fields: Object.fromEntries(twice) },
  })
}

const list = (places: number[]) => `${places.slice(0, -1).join(', ')} and ${places.at(-1)}`
const format = (count: number) => count.toLocaleString('en-US')

function faultyRows(file: SourceFile, found: TextInspection, hasHeader: boolean, reader: ReaderOptions): number[] {
  if (found.faultCount === 0) return []
  if (!reader.skipBad) throw raggedError(file, found)
  return found.faults.map(fault => fault.record + (hasHeader ? 0 : 1))
}

function raggedError(file: SourceFile, found: TextInspection): InterplayError {
  const first = found.faults[0]!
  const more = found.faultCount > 1 ? ` (${format(found.faultCount)} such lines)` : ''
  const what = first.quote
    ? `'${file.shown}' line ${first.line} has a misplaced or unclosed quote${more}`
    : `'${file.shown}' line ${first.line} has ${first.values} values, the header ${found.header.length}${more}`
  return new InterplayError('data/ragged', what, {
    try: '--set reader.skipBad=true',
    details: { lines: found.faults.slice(0, 10).map(fault => fault.line), count: found.faultCount },
  })
}

/** Makes the relation with the faulty rows counted: kept row k is row k plus the faulty rows before it. */
async function countFaults(database: Database, relation: string, kept: string, faults: number[]): Promise<void> {
  const shifts = identifier(`${relation}#shifts`)
  const row = identifier(rowColumn)
  await database.run(
    `CREATE TABLE ${shifts} AS SELECT fault - shift + 1 AS first, max(shift) AS shift FROM
      (SELECT fault, row_number() OVER (ORDER BY fault) AS shift FROM (SELECT unnest([${faults.join(', ')}]) AS fault))
      GROUP BY 1`,
  )
  await database.run(
    `CREATE TABLE ${identifier(relation)} AS
      SELECT (kept.${row} + coalesce(shifts.shift, 0))::UINTEGER AS ${row}, kept.* EXCLUDE (${row})
      FROM ${identifier(kept)} AS kept ASOF LEFT JOIN ${shifts} AS shifts ON kept.${row} >= shifts.first`,
  )
  await database.run(`DROP TABLE ${identifier(kept)}`)
}

function warningsOf(
  file: SourceFile,
  found: TextInspection,
  hasHeader: boolean,
  reader: ReaderOptions,
  skipped: number,
): Warning[] {
  const warnings: Warning[] = []
  if (skipped > 0) {
    warnings.push({
      code: 'data/skipped',
      message: `'${file.shown}': ${format(skipped)} of ${format(found.records)} lines do not fit and are left out`,
    })
  }
  const numbers = found.header.filter(name => name.trim() !== '' && Number.isFinite(Number(name))).length
  if (hasHeader && reader.header === undefined && numbers > found.header.length / 2) {
    warnings.push({
      code: 'data/no-header',
      message: `'${file.shown}' line ${found.leading + 1} reads as values, not names`,
      try: '--set reader.header=false',
    })
  }
  return warnings
}
