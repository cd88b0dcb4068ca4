import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

/** What one pass over the bytes of a delimited file found. Lines and bytes are those of the uncompressed text. */
export interface TextInspection {
  /** Of the file as stored. */
  sha256: string
  /** Of the file as stored. */
  bytes: number
  /** Uncompressed bytes. */
  length: number
  /** Values of the first record. */
  header: string[]
  /** The first lines as they stand, at most 20. */
  lines: string[]
  /** Records after the first, faulty ones included. */
  records: number
  /** Blank lines before the first record. */
  leading: number
  /** Records (from 1, first excluded) whose number of values differs from the header's, or whose quotes are misplaced. */
  faults: { record: number; line: number; values: number; quote: boolean }[]
  faultCount: number
  /** First byte that is not UTF-8. */
  invalid?: { byte: number; line: number }
}

const newline = 10
const carriage = 13
const quote = 34

/**
 * Reads a delimited file once, hashing it and checking what DuckDB's own reader hides: encoding, record lengths,
 * quotes. Blank lines are no records, except in files of one field. Memory does not grow with the file, but for the
 * list of faulty records.
 */
export async function inspectText(
  path: string,
  delimiter: string,
  options: { gzip: boolean; signal?: AbortSignal },
): Promise<TextInspection> {
  const hash = createHash('sha256')
  let bytes = 0
  const inspector = new Inspector(delimiter.charCodeAt(0))
  const stored = createReadStream(path, { highWaterMark: 1 << 20 })
  const measured = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  const consume = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) inspector.push(chunk)
  }
  const signal = options.signal
  if (options.gzip) await pipeline(stored, measured, createGunzip({ chunkSize: 1 << 20 }), consume, { signal })
  else await pipeline(stored, measured, consume, { signal })
  return { sha256: hash.digest('hex'), bytes, ...inspector.finish() }
}

class Inspector {
  private length = 0
  private line = 1
  private recordLine = 1
  private recordBytes = 0
  private values = 1
  private inQuotes = false
  private afterQuote = false
  private fieldStart = true
  private misplaced = false
  private records = -1
  private expected = 0
  private leading = 0
  private faults: TextInspection['faults'] = []
  private invalid: TextInspection['invalid']
  private tail = Buffer.alloc(0)
  private head: Buffer[] = []
  private headBytes = 0

  constructor(private readonly delimiter: number) {}

  push(chunk: Buffer): void {
    if (!this.invalid) this.checkEncoding(chunk)
    if (this.headBytes < 1 << 20) {
      this.head.push(Buffer.from(chunk))
      this.headBytes += chunk.length
    }
    this.scan(chunk)
    this.length += chunk.length
  }

  finish(): Omit<TextInspection, 'sha256' | 'bytes'> {
    if (this.recordBytes > 0 || this.inQuotes) {
      if (this.inQuotes) this.misplaced = true
      this.endRecord()
    }
    if (!this.invalid && this.tail.length > 0) {
      this.invalid = { byte: this.length - this.tail.length, line: this.line }
    }
    let text = Buffer.concat(this.head).toString('utf8')
    if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    return {
      length: this.length,
      header: firstRecord(text, String.fromCharCode(this.delimiter)),
      lines: text.split(/\r?\n/, 20),
      records: Math.max(0, this.records),
      leading: this.leading,
      faults: this.faults,
      faultCount: this.faults.length,
      invalid: this.invalid,
    }
  }

  private scan(chunk: Buffer): void {
    const delimiter = this.delimiter
    for (let i = this.length === 0 && chunk[0] === 0xef && chunk[1] === 0xbb ? 3 : 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      if (this.inQuotes) {
        this.recordBytes++
        if (byte === quote) {
          this.inQuotes = false
          this.afterQuote = true
        } else if (byte === newline) this.line++
        continue
      }
      if (byte === newline) {
        this.line++
        this.endRecord()
        continue
      }
      if (byte === carriage) continue
      this.recordBytes++
      if (byte === delimiter) {
        this.values++
        this.fieldStart = true
        this.afterQuote = false
      } else if (byte === quote && (this.fieldStart || this.afterQuote)) {
        this.inQuotes = true
        this.fieldStart = false
        this.afterQuote = false
      } else {
        if (this.afterQuote) this.misplaced = true
        this.fieldStart = false
      }
    }
  }

  private endRecord(): void {
    const blank = this.recordBytes === 0
    if (this.records < 0) {
      if (blank) this.leading++
      else {
        this.expected = this.values
        this.records = 0
      }
    } else if (!blank || this.expected === 1) {
      this.records++
      if (this.values !== this.expected || this.misplaced) {
        this.faults.push({ record: this.records, line: this.recordLine, values: this.values, quote: this.misplaced })
      }
    }
    this.recordBytes = 0
    this.values = 1
    this.fieldStart = true
    this.inQuotes = false
    this.afterQuote = false
    this.misplaced = false
    this.recordLine = this.line
  }

  private checkEncoding(chunk: Buffer): void {
    const whole = this.tail.length > 0 ? Buffer.concat([this.tail, chunk]) : chunk
    const cut = whole.length - incompleteEnd(whole)
    const body = whole.subarray(0, cut)
    if (isUtf8(body)) {
      this.tail = Buffer.from(whole.subarray(cut))
      return
    }
    const at = firstInvalid(body)
    const byte = this.length - this.tail.length + at
    let line = this.line
    for (let i = this.tail.length; i < at; i++) if (whole[i] === newline) line++
    this.invalid = { byte, line }
  }
}

/** Bytes at the end that begin a sequence whose rest may follow. */
function incompleteEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

/** Bisects: a prefix that ends inside a sequence is invalid too, so the boundary found is moved to the sequence's start. */
function firstInvalid(bytes: Buffer): number {
  let low = 0
  let high = bytes.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    const end = middle - incompleteEnd(bytes.subarray(0, middle))
    if (isUtf8(bytes.subarray(0, end))) low = middle
    else high = middle
  }
  return low - incompleteEnd(bytes.subarray(0, low))
}

/** The first record of delimited text that is not a blank line, quotes resolved. */
export function firstRecord(text: string, delimiter: string): string[] {
  const record: string[] = []
  let value = ''
  let quoted = false
  let started = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (quoted) {
      if (character !== '"') value += character
      else if (text[i + 1] === '"') value += text[++i]
      else quoted = false
    } else if (character === delimiter) {
      record.push(value)
      value = ''
      started = false
    } else if (character === '\n') {
      if (record.length > 0 || started) break
    } else if (character === '"' && !started) quoted = started = true
    else if (character !== '\r') {
      value += character
      started = true
    }
  }
  if (record.length > 0 || started) record.push(value)
  return record
}
