import { randomUUID } from 'node:crypto'
import { open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { InterplayError } from '../errors/index.ts'
import type { HostTensor } from './dtype.ts'
import { headerLength, safetensorsPieces, tensorsFrom, type Safetensors } from './safetensors.ts'

/** Appends a safetensors file to a handle, tensors uncopied. Syncing and closing are the caller's. */
export function writeSafetensors(
  handle: FileHandle,
  tensors: Readonly<Record<string, HostTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  return writeFile(handle, safetensorsPieces(tensors, metadata))
}

/**
 * Writes a safetensors file that is there whole or not at all: written beside its place, synced, renamed.
 *
 * @throws InterplayError `run/disk-full`; whatever was at `path` is untouched.
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, HostTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`
  try {
    const handle = await open(unfinished, 'wx')
    try {
      await writeSafetensors(handle, tensors, metadata)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    throw new InterplayError('run/disk-full', `no space while writing '${basename(path)}'`, { cause: error })
  }
  await syncFolder(dirname(path))
}

/** Makes a rename last; Windows opens no folders and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Reads a safetensors file into one buffer that all tensors share as aligned views.
 *
 * @throws InterplayError `data/not-found`, `data/corrupt`, `data/type`.
 */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  const file = basename(path)
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new InterplayError('data/not-found', `no file '${path}'`) : error
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new InterplayError('data/not-found', `'${path}' is not a file`)
    const length = headerLength(await read(handle, 0, Math.min(8, stats.size), file), stats.size, file)
    const header = await read(handle, 8, length, file)
    return tensorsFrom(header, await read(handle, 8 + length, stats.size - 8 - length, file), file)
  } finally {
    await handle.close()
  }
}

async function read(handle: FileHandle, offset: number, length: number, file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let position = 0; position < length;) {
    const { bytesRead } = await handle.read(bytes, position, Math.min(length - position, 2 ** 30), offset + position)
    if (bytesRead === 0) {
      throw new InterplayError('data/corrupt', `'${file}' ended while being read, at byte ${offset + position}`)
    }
    position += bytesRead
  }
  return bytes
}
