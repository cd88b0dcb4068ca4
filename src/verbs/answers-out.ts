import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { copyToTable } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'

/** One column of the answer. */
export interface Column {
  name: string
  value(row: number): unknown
}

/** Where answers go. Left before its end, it leaves nothing behind. */
export interface Sink extends AsyncDisposable {
  write(rowNumber: Int32Array, columns: readonly Column[]): Promise<void>
  end(): Promise<void>
}

/** Characters of lines that are written at once. */
const pieceLength = 1 << 20

/** JSON lines, waiting where the reader is slower. */
export function lines(stream: NodeJS.WritableStream): Sink {
  return {
    async write(rowNumber, columns) {
      for (const line of linesOf(rowNumber, columns)) if (!stream.write(line)) await once(stream, 'drain')
    },
    async end() {},
    async [Symbol.asyncDispose]() {},
  }
}

/**
 * A file by its ending: `.jsonl`, or `.csv`, `.tsv` and `.parquet` by way of JSON lines. It is written beside its place and
 * put there when it is whole. Throws `option/invalid`, `data/not-found` where its folder is absent, `run/disk-full`.
 */
export async function tableFile(path: string, columns: readonly { name: string; text: boolean }[]): Promise<Sink> {
  const ending = extname(path).toLowerCase()
  if (!['.jsonl', '.ndjson', '.csv', '.tsv', '.parquet'].includes(ending)) {
    throw new InterplayError('option/invalid', `out must end in .csv, .tsv, .parquet or .jsonl, got '${path}'`, {
      where: `--out ${path}`,
    })
  }
  const place = await placeOf(path)
  const draft = `${place}.part.jsonl`
  const table = ending === '.jsonl' || ending === '.ndjson' ? undefined : `${place}.part${ending}`
  const file = await open(draft, 'w')
  return {
    async write(rowNumber, columns) {
      let piece = ''
      for (const line of linesOf(rowNumber, columns)) {
        piece += line
        if (piece.length < pieceLength) continue
        await file.appendFile(piece)
        piece = ''
      }
      await file.appendFile(piece)
    },
    async end() {
      await file.sync()
      await file.close()
      if (table !== undefined) await copyToTable(draft, table, columns.map(beside)).catch(fullDisk)
      await rename(table ?? draft, place)
    },
    async [Symbol.asyncDispose]() {
      await file.close()
      for (const left of [draft, table]) if (left !== undefined) await rm(left, { force: true })
    },
  }
}

/**
 * Throws `option/conflict` where answers would be written over what is read.
 * @param inputs as they were given: files, or what is none
 */
export function keepInputs(out: string | undefined, inputs: readonly string[]): void {
  if (out === undefined || !existsSync(out)) return
  const { dev, ino } = statSync(out)
  const input = inputs.filter(existsSync).find(path => statSync(path).ino === ino && statSync(path).dev === dev)
  if (input === undefined) return
  throw new InterplayError('option/conflict', `'${out}' is read and would be written over`, {
    where: `--out ${out}`,
    try: 'another --out',
  })
}

/** Where a file lies, links followed. */
async function placeOf(path: string): Promise<string> {
  const where = `--out ${path}`
  const folder = dirname(path)
  if (!existsSync(folder)) {
    throw new InterplayError('data/not-found', `no folder '${folder}' to write '${basename(path)}' in`, { where })
  }
  if (!existsSync(path)) return path
  if (statSync(path).isFile()) return realpath(path)
  throw new InterplayError('option/invalid', `out must be a file, '${path}' is a folder or a device`, { where })
}

function* linesOf(rowNumber: Int32Array, columns: readonly Column[]): Generator<string> {
  const answers = columns.map(beside)
  for (let row = 0; row < rowNumber.length; row++) {
    const record = { row: rowNumber[row]!, ...Object.fromEntries(answers.map(({ name, value }) => [name, value(row)])) }
    yield `${JSON.stringify(record)}\n`
  }
}

/** `row` is the number of a row, in tables whatever its case: an answer of that name is written as `row_answer`. */
const beside = <Named extends { name: string }>(column: Named): Named =>
  column.name.toLowerCase() === 'row' ? { ...column, name: `${column.name}_answer` } : column

/** What DuckDB says of a full disk, as `run/disk-full`. */
function fullDisk(error: unknown): never {
  if (!(error instanceof Error && error.message.includes('No space left on device'))) throw error
  throw new InterplayError('run/disk-full', 'no space left on the disk', {
    try: 'free some space, then run it again',
    cause: error,
  })
}
