import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { gzipError, relativePath } from '../table/readers/input-file.ts'
import type { Dataset, DatasetFile } from './dataset.ts'
import { fileIn } from './locate.ts'

/**
 * `same` content as the catalogue's; the `original` of a file that is stored otherwise; the same lines with other
 * `line-ends`; content that `differs`; or a file that is `missing`.
 */
export type FileState = 'same' | 'original' | 'line-ends' | 'differs' | 'missing'

export interface FileCheck {
  file: string
  /** Relative to the working folder; null where it is missing. */
  path: string | null
  state: FileState
  /** sha256 of the content, uncompressed. */
  expected: string
  found: string | null
  /** Lines of the content found, to compare with the rows of the dataset. */
  lines: number | null
}

/** Whether a file of that state may be used as the dataset's. */
export const agrees = (state: FileState): boolean => state !== 'differs' && state !== 'missing'

/**
 * Compares every file of a dataset with its checksums.
 * @param folder holds the files, or the dataset's folder
 * @throws InterplayError `data/corrupt` for a gzip file that breaks off
 */
export async function verifyFiles(dataset: Dataset, folder: string, signal?: AbortSignal): Promise<FileCheck[]> {
  const inside = join(folder, dataset.folder)
  const place = existsSync(inside) ? inside : folder
  const checks: FileCheck[] = []
  for (const file of dataset.files) checks.push(await verifyFile(file, place, signal))
  return checks
}

async function verifyFile(file: DatasetFile, folder: string, signal?: AbortSignal): Promise<FileCheck> {
  const original = file.original && fileIn(folder, file.original.name)
  const path = original ?? fileIn(folder, file.name)
  const name = original === undefined ? file.name : file.original!.name
  if (path === undefined)
    return { file: name, path: null, state: 'missing', expected: file.sha256, found: null, lines: null }
  const { sha256, unix, md5, lines } = await measure(path, signal)
  const state =
    original === undefined && sha256 === file.sha256
      ? 'same'
      : md5 === (original === undefined ? file.md5 : file.original!.md5)
        ? 'original'
        : original === undefined && unix === file.sha256
          ? 'line-ends'
          : 'differs'
  return { file: name, path: relativePath(path), state, expected: file.sha256, found: sha256, lines }
}

interface Measured {
  sha256: string
  /** sha256 without the carriage returns. */
  unix: string
  md5: string
  lines: number
}

async function measure(path: string, signal?: AbortSignal): Promise<Measured> {
  const [sha256, unix, md5] = [createHash('sha256'), createHash('sha256'), createHash('md5')]
  let lines = 0
  let last = 10
  const stored = createReadStream(path, { highWaterMark: 1 << 20, signal })
  const source = (await isGzip(path)) ? stored.pipe(createGunzip()) : stored
  stored.on('error', error => source.destroy(error))
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      sha256.update(chunk)
      md5.update(chunk)
      unix.update(chunk.includes(13) ? chunk.filter(byte => byte !== 13) : chunk)
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
      last = chunk.at(-1)!
    }
  } catch (error) {
    throw gzipError({ path, shown: basename(path), gzip: true }, error)
  }
  return {
    sha256: sha256.digest('hex'),
    unix: unix.digest('hex'),
    md5: md5.digest('hex'),
    lines: last === 10 ? lines : lines + 1,
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}
