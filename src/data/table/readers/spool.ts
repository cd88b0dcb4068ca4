import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import { loadJsonText } from './json.ts'

/**
 * Rows of a source that DuckDB cannot read here, through a file of JSON lines in the database's folder.
 * Dates travel as ISO text, bytes as base64. Returns hash and size of what was written.
 */
export async function loadRows(
  database: Database,
  relation: string,
  shown: string,
  rows: Iterable<Record<string, unknown>> | AsyncIterable<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  const path = database.temporary('rows.jsonl')
  const hash = createHash('sha256')
  let bytes = 0
  const lines = async function* () {
    let block = ''
    for await (const row of rows) {
      block += `${JSON.stringify(row, plain)}\n`
      if (block.length < 1 << 20) continue
      yield measure(block)
      block = ''
    }
    if (block !== '') yield measure(block)
  }
  const measure = (block: string) => {
    const buffer = Buffer.from(block)
    hash.update(buffer)
    bytes += buffer.length
    return buffer
  }
  await pipeline(Readable.from(lines()), createWriteStream(path), { signal })
  if (bytes === 0) throw new InterplayError('data/empty', `'${shown}' has no rows`)
  await loadJsonText(database, relation, { path, shown, gzip: false }, {})
  return { sha256: hash.digest('hex'), bytes }
}

/** JSON has no 64-bit integers: those within 2^53 become numbers, larger ones text. Infinity and NaN keep their names. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? null : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}
