import { open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { InterplayError } from '../errors/index.ts'

const fullDisk = new Set(['ENOSPC', 'EFBIG', 'EDQUOT'])

/** Writes a file whole or not at all: beside its place, flushed to disk, then renamed. Throws `run/disk-full`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.part`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(draft, { force: true })
    throw diskError(error, path)
  }
}

/** Flushes a folder's entries, so that a rename survives a crash. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The same fault as `run/disk-full` where the disk or a size limit is its cause. */
export function diskError(error: unknown, path: string, doing = `writing '${relative('.', path)}'`): unknown {
  const code = (error as { code?: string }).code
  if (code === undefined || !fullDisk.has(code)) return error
  return new InterplayError('run/disk-full', `no space while ${doing}`, {
    where: relative('.', path),
    try: 'free some space, then --resume',
    cause: error,
  })
}

/** Names in a folder; none where it does not exist. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return []
    throw error
  }
}
