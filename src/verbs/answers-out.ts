import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { extname } from 'node:path'
import { copyToTable } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'

/** One column of the answer. */
export interface Column {
  name: string
  value(row: number): unknown
}

/** Where answers go. */
export interface Sink {
  write(rowNumber: Int32Array, columns: readonly Column[]): Promise<void>
  end(): Promise<void>
}

/** JSON lines, waiting where the reader is slower. */
export function lines(stream: NodeJS.WritableStream): Sink {
  return {
    async write(rowNumber, columns) {
      for (let row = 0; row < rowNumber.length; row++) {
        const record = {
          row: rowNumber[row]!,
          ...Object.fromEntries(columns.map(({ name, value }) => [name, value(row)])),
        }
        if (!stream.write(`${JSON.stringify(record)}\n`)) await once(stream, 'drain')
      }
    },
    async end() {},
  }
}

/** A file by its ending: `.jsonl`, or `.csv`, `.tsv` and `.parquet` by way of JSON lines. Throws `option/invalid`. */
export async function tableFile(path: string, columns: readonly { name: string; text: boolean }[]): Promise<Sink> {
  const ending = extname(path).toLowerCase()
  if (!['.jsonl', '.ndjson', '.csv', '.tsv', '.parquet'].includes(ending)) {
    throw new InterplayError('option/invalid', `out must end in .csv, .tsv, .parquet or .jsonl, got '${path}'`, {
      where: `--out ${path}`,
    })
  }
  const plain = ending === '.jsonl' || ending === '.ndjson'
  const draft = plain ? path : `${path}.part.jsonl`
  const stream = createWriteStream(draft)
  const sink = lines(stream)
  return {
    write: sink.write,
    async end() {
      stream.end()
      await once(stream, 'finish')
      if (!plain) await copyToTable(draft, path, columns)
    },
  }
}
