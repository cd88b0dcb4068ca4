import { InterplayError } from '../../errors/index.ts'

/**
 * The text of a file: UTF-8, or UTF-16 where a byte order mark says so.
 * @throws InterplayError `data/encoding`
 */
export function decodeText(name: string, bytes: Uint8Array): string {
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    const fields = { try: 'save it as UTF-8 (in Excel: "CSV UTF-8")', cause }
    if (encoding !== 'utf-8') throw new InterplayError('data/encoding', `'${name}' is not ${encoding}`, fields)
    const { byte, line } = firstInvalid(bytes)
    const place = `byte ${byte.toLocaleString('en-US')}, line ${line.toLocaleString('en-US')}`
    throw new InterplayError('data/encoding', `'${name}' is not UTF-8 at ${place}`, {
      ...fields,
      details: { byte, line },
    })
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** Bisects for the longest beginning that reads; its text ends before a sequence that is cut off. */
function firstInvalid(bytes: Uint8Array): { byte: number; line: number } {
  const begin = (length: number): string | undefined => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    try {
      return decoder.decode(bytes.subarray(0, length), { stream: true })
    } catch {
      return undefined
    }
  }
  let [low, high] = [0, bytes.length + 1]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (begin(middle) === undefined) high = middle
    else low = middle
  }
  const text = begin(low)!
  return { byte: new TextEncoder().encode(text).length, line: text.split('\n').length }
}
