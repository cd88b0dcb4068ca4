import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { InterplayError } from '../errors/index.ts'

/** The bytes of a file, unpacked where it is gzipped. Throws `data/not-found`, `data/corrupt`. */
export async function unzipped(path: string): Promise<Buffer> {
  const stored = await readFile(path).catch((cause: unknown) => {
    throw new InterplayError('data/not-found', `no file '${path}'`, { cause })
  })
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return stored
  try {
    return gunzipSync(stored)
  } catch (cause) {
    throw new InterplayError('data/corrupt', `'${path}' is gzipped and cannot be unpacked`, { cause })
  }
}
