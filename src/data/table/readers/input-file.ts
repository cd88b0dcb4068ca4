import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { basename, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { InterplayError } from '../../../errors/index.ts'
import type { Database } from '../database.ts'
import type { InputFile, SourceFile } from './source.ts'

/** Path as run files hold it: relative to the working folder, forward slashes. */
export function relativePath(path: string): string {
  return relative(process.cwd(), path).replaceAll('\\', '/') || '.'
}

/** Hashes a file as stored, in one streamed pass. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { sha256: hash.digest('hex'), bytes }
}

export async function inputFile(file: SourceFile, signal?: AbortSignal): Promise<InputFile> {
  return { path: relativePath(file.path), ...(await hashFile(file.path, signal)) }
}

/**
 * The uncompressed file, written to the database's temporary folder where it was compressed.
 * @throws InterplayError `data/corrupt` when the gzip stream breaks off
 */
export async function uncompressed(file: SourceFile, database: Database, signal?: AbortSignal): Promise<string> {
  if (!file.gzip) return file.path
  const path = database.temporary(basename(file.path).replace(/\.gz$/i, ''))
  try {
    await pipeline(createReadStream(file.path), createGunzip(), createWriteStream(path), { signal })
  } catch (error) {
    throw gzipError(file, error)
  }
  return path
}

/** A zlib fault as `data/corrupt`; anything else as it was. */
export function gzipError(file: SourceFile, error: unknown): unknown {
  const code = (error as { code?: string }).code
  if (!code?.startsWith('Z_')) return error
  return new InterplayError('data/corrupt', `'${file.shown}' is not a whole gzip file`, {
    why: (error as Error).message,
    cause: error,
  })
}
