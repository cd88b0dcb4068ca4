import { createHash, randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { EncodedTable } from './encoded.ts'
import type { TableInput } from './open.ts'
import type { PreparedTable, PrepareOptions } from './prepare.ts'
import { hashFile, relativePath } from './readers/input-file.ts'

/** Raised whenever the same input and options would encode otherwise. */
const version = 2
/** The options that reach the encoding. */
const encoding = [
  'target',
  'types',
  'roles',
  'ignore',
  'where',
  'split',
  'seed',
  'validShare',
  'minCount',
  'maxValues',
  'codes',
  'numericScaling',
  'maxSequenceLength',
  'vocabulary',
  'reader',
] as const satisfies readonly (keyof PrepareOptions)[]
/** The oldest entries go when the whole exceeds this many bytes. */
const capacity = 10e9

const folder = () => join(process.env['INTERPLAY_HOME'] ?? join(homedir(), '.cache', 'interplay'), 'tables')

/**
 * Identifies inputs by content and the options that reach the encoding; undefined for inputs that are no files.
 * @param sources the files that a known dataset's query reads
 */
export async function cacheKey(
  input: TableInput,
  options: PrepareOptions,
  sources?: string[],
): Promise<CacheKey | undefined> {
  const files =
    sources ??
    (typeof input === 'string' ? [input] : [input.train, input.valid, input.test].filter(file => file !== undefined))
  if (!files.every(file => existsSync(file) && statSync(file).isFile())) return undefined
  const paths = files.map(file => relativePath(resolve(file)))
  const contents = await Promise.all(
    files.map(async file => ({ name: basename(file), ...(await hashFile(file, options.signal)) })),
  )
  const { reader } = options
  const settings = Object.fromEntries(encoding.map(name => [name, options[name]]))
  const given =
    typeof input === 'string'
      ? sources
        ? input
        : 'one'
      : Object.keys(input).filter(key => input[key as 'train'] !== undefined)
  if (reader?.database !== undefined || reader?.query !== undefined) return undefined
  const text = JSON.stringify({ version, contents, given, settings })
  return { hash: createHash('sha256').update(text).digest('hex').slice(0, 32), paths }
}

export interface CacheKey {
  hash: string
  /** Of the inputs as they lie now, relative to the working folder. */
  paths: string[]
}

type Arrays = Pick<PreparedTable, 'train' | 'valid' | 'test'>

/** The entry, or undefined where there is none or it cannot be read. */
export async function readCached(key: CacheKey): Promise<PreparedTable | undefined> {
  const entry = join(folder(), key.hash)
  try {
    const header = JSON.parse(await readFile(join(entry, 'table.json'), 'utf8')) as Omit<
      PreparedTable,
      keyof Arrays
    > & { layout: Layout[] }
    const bytes = await readBytes(join(entry, 'arrays.bin'))
    const { layout, ...rest } = header
    let offset = 0
    const [train, valid, test] = layout.map(({ arrays, ...table }) => {
      const views = arrays.map(({ kind, length }) => {
        const view = kind === 'int32' ? new Int32Array(bytes, offset, length) : new Float32Array(bytes, offset, length)
        offset += view.byteLength
        return view
      })
      return tableOf(table, views)
    })
    if (offset !== bytes.byteLength) return undefined
    const now = new Date()
    await utimes(entry, now, now)
    return {
      ...rest,
      inputs: rest.inputs.map((input, k) => ({ ...input, path: key.paths[k] ?? input.path })),
      train: train!,
      valid: valid!,
      test: test!,
    }
  } catch {
    return undefined
  }
}

/** Writes an entry whole or not at all. A cache that cannot be written (no space, no permission) changes nothing else. */
export async function writeCached(key: CacheKey, table: PreparedTable): Promise<void> {
  const whole = join(folder(), key.hash)
  const partial = `${whole}.${randomUUID()}`
  const { train, valid, test, ...rest } = table
  const tables = [train, valid, test]
  try {
    await mkdir(partial, { recursive: true })
    const file = await open(join(partial, 'arrays.bin'), 'w')
    try {
      for (const array of tables.flatMap(arraysOf)) {
        const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
        for (let at = 0; at < bytes.length; at += 1 << 28) await file.writeFile(bytes.subarray(at, at + (1 << 28)))
      }
    } finally {
      await file.close()
    }
    const header = await open(join(partial, 'table.json'), 'w')
    await header.writeFile(JSON.stringify({ ...rest, layout: tables.map(layoutOf) }))
    await header.close()
    await rename(partial, whole)
    await prune()
  } catch {
    await rm(partial, { recursive: true, force: true })
  }
}

interface Layout {
  rows: number
  sequences: { field: string; length: number }[]
  targets: number
  group: boolean
  arrays: { kind: 'int32' | 'float32'; length: number }[]
}

function arraysOf(table: EncodedTable): (Int32Array | Float32Array)[] {
  const sequences = table.sequences.map(sequence => sequence.ids)
  return [
    table.categorical,
    table.numeric,
    ...sequences,
    ...table.targets,
    ...(table.group ? [table.group] : []),
    table.rowNumber,
  ]
}

function layoutOf(table: EncodedTable): Layout {
  return {
    rows: table.rows,
    sequences: table.sequences.map(({ field, length }) => ({ field, length })),
    targets: table.targets.length,
    group: table.group !== undefined,
    arrays: arraysOf(table).map(array => ({
      kind: array instanceof Int32Array ? 'int32' : 'float32',
      length: array.length,
    })),
  }
}

function tableOf(layout: Omit<Layout, 'arrays'>, views: (Int32Array | Float32Array)[]): EncodedTable {
  const [categorical, numeric, ...rest] = views
  const sequences = layout.sequences.map((sequence, k) => ({ ...sequence, ids: rest[k] as Int32Array }))
  const targets = rest.slice(sequences.length, sequences.length + layout.targets) as Float32Array[]
  const group = layout.group ? { group: rest.at(-2) as Int32Array } : {}
  return {
    rows: layout.rows,
    categorical: categorical as Int32Array,
    numeric: numeric as Float32Array,
    sequences,
    targets,
    ...group,
    rowNumber: rest.at(-1) as Int32Array,
  }
}

async function readBytes(path: string): Promise<ArrayBuffer> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 1 << 28), at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.buffer
  } finally {
    await file.close()
  }
}

async function prune(): Promise<void> {
  const entries = await Promise.all(
    (await readdir(folder())).map(async name => {
      const path = join(folder(), name)
      const [entry, arrays] = await Promise.all([stat(path), stat(join(path, 'arrays.bin'))])
      return { path, used: entry.mtimeMs, bytes: arrays.size }
    }),
  )
  entries.sort((a, b) => b.used - a.used)
  let kept = 0
  for (const { path, bytes } of entries) {
    kept += bytes
    if (kept > capacity) await rm(path, { recursive: true, force: true })
  }
}
