import { constants } from 'node:fs'
import { open, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { InterplayError } from '../../../errors/index.ts'
import { corrupt, type Limits } from '../limits.ts'
import { modelFrom, parseModel } from './decode.ts'
import type { ExternalReference } from './tensor.ts'
import type { OnnxModel } from './types.ts'

/**
 * Reads an ONNX file and the weights stored beside it. Nothing outside the file's own folder is opened, whatever the file
 * says: no absolute path, no `..`, no symbolic link that leads away.
 *
 * @throws InterplayError `data/not-found`, `onnx/corrupt`, `onnx/size`, `onnx/outside`.
 */
export async function readModel(path: string, limits?: Partial<Limits>): Promise<OnnxModel> {
  const file = basename(path)
  const proto = parseModel(await readWhole(path), file, limits)
  const references = new Map<string, ExternalReference>()
  const collect = (reference: ExternalReference) => {
    references.set(keyOf(reference), reference)
    return new Uint8Array()
  }
  const model = modelFrom(proto, { file, external: collect })
  if (references.size === 0) return model
  const contents = await readBeside(path, [...references.values()])
  return modelFrom(proto, { file, external: reference => contents.get(keyOf(reference))! })
}

const keyOf = ({ location, offset, length }: ExternalReference): string => `${offset} ${length} ${location}`

async function readWhole(path: string): Promise<Uint8Array> {
  const size = await sizeOf(path)
  if (size === undefined) throw new InterplayError('data/not-found', `no file '${path}'`)
  if (size >= 2 ** 31) {
    throw new InterplayError('onnx/size', `'${basename(path)}' has ${size.toLocaleString('en')} bytes`, {
      why: 'an ONNX file ends at 2,147,483,647 bytes; larger weights lie beside it',
    })
  }
  return readFile(path)
}

/** Bytes of a regular file; undefined for anything else. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path)
    return stats.isFile() ? stats.size : undefined
  } catch {
    return undefined
  }
}

/** One stretch of a file, and the references that mean it: a location has many spellings. */
interface Stretch {
  range: ExternalReference
  spelled: ExternalReference[]
}

async function readBeside(path: string, references: readonly ExternalReference[]): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>()
  const folder = await realpath(dirname(path))
  const found = new Map<string, string>()
  const files = new Map<string, Map<string, Stretch>>()
  for (const reference of references) {
    const { location, offset, length } = reference
    const real = found.get(location) ?? (await inside(folder, location, basename(path)))
    found.set(location, real)
    const stretches = files.get(real) ?? new Map<string, Stretch>()
    files.set(real, stretches)
    const key = `${offset} ${length}`
    const stretch = stretches.get(key) ?? { range: reference, spelled: [] }
    stretches.set(key, stretch)
    stretch.spelled.push(reference)
  }
  for (const [real, stretches] of files) await readStretches(real, [...stretches.values()], basename(path), contents)
  return contents
}

/** The real path of a location, which must lie in the folder. */
async function inside(folder: string, location: string, file: string): Promise<string> {
  const outside = () =>
    new InterplayError('onnx/outside', `'${file}' refers to a file outside its folder`, { where: `'${location}'` })
  const climbs = location.split(/[/\\]/).includes('..')
  if (climbs || isAbsolute(location) || /^[/\\]|^[a-z]:|\0/i.test(location)) throw outside()
  const found = await realpath(join(folder, location)).catch(() => undefined)
  if (found === undefined) {
    throw new InterplayError('data/not-found', `no file '${location}' beside '${file}'`, {
      why: 'it holds the weights',
    })
  }
  const path = relative(folder, found)
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) throw outside()
  return found
}

/** Stretches of honest files do not overlap: together they are at most the file, which bounds the memory. */
async function readStretches(
  path: string,
  stretches: readonly Stretch[],
  file: string,
  contents: Map<string, Uint8Array>,
): Promise<void> {
  const size = await sizeOf(path)
  if (size === undefined) throw corrupt(file, `'${basename(path)}' is not a regular file`)
  const end = stretches.reduce((last, { range: { offset, length } }) => Math.max(last, offset + length), 0)
  const total = stretches.reduce((sum, { range }) => sum + range.length, 0)
  if (end > size || total > size) {
    const [wanted, held] = [Math.max(end, total), size].map(bytes => bytes.toLocaleString('en'))
    throw corrupt(file, `its weights take ${wanted} bytes of '${basename(path)}', which has ${held}`)
  }
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    for (const { range, spelled } of stretches) {
      const bytes = await readRange(handle, range)
      for (const reference of spelled) contents.set(keyOf(reference), bytes)
    }
  } finally {
    await handle.close()
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>

async function readRange(handle: FileHandle, { location, offset, length }: ExternalReference): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let position = 0; position < length;) {
    const wanted = Math.min(length - position, 2 ** 30)
    const { bytesRead } = await handle.read(bytes, position, wanted, offset + position)
    if (bytesRead === 0) throw corrupt(location, `it ended while being read, at byte ${offset + position}`)
    position += bytesRead
  }
  return bytes
}
