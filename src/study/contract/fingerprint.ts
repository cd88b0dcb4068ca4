import { createHash } from 'node:crypto'

/** A hash of plain data and typed arrays, whatever they are nested in. */
export function fingerprint(value: unknown): string {
  const hash = createHash('sha256')
  const add = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    else if (Array.isArray(part)) part.forEach(add)
    else if (typeof part === 'object' && part !== null) {
      for (const [key, each] of Object.entries(part)) {
        hash.update(`${key}:`)
        add(each)
      }
    } else hash.update(`${typeof part} ${String(part)};`)
  }
  add(value)
  return hash.digest('hex')
}
