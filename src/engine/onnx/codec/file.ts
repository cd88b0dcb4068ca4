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
  const references: Ranges = new Map()
  const collect = (reference: ExternalReference) => {
    const ranges = references.get(reference.location) ?? new Map()
    references.set(reference.location, ranges.set(keyOf(reference), reference))
    return new Uint8Array()
  }
  const model = modelFrom(proto, { file, external: collect })
  if (references.size === 0) return model
  const contents = await readBeside(path, references)
  return modelFrom(proto, { file, external: reference => contents.get(keyOf(reference))! })
}

/** Distinct stretches of each file beside the model. */
type Ranges = Map<string, Map<string, ExternalReference>>

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

async function readBeside(path: string, references: Ranges): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>()
  const folder = await realpath(dirname(path))
  for (const [location, ranges] of references) {
    await readRanges(await inside(folder, location, basename(path)), [...ranges.values()], basename(path), contents)
  }
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

/** Ranges of honest files do not overlap: together they are at most the file, which bounds the memory. */
async function readRanges(
  path: string,
  ranges: ExternalReference[],
  file: string,
  contents: Map<string, Uint8Array>,
): Promise<void> {
  const size = await sizeOf(path)
  if (size === undefined) throw corrupt(file, `'${basename(path)}' is not a regular file`)
  const end = ranges.reduce((last, { offset, length }) => Math.max(last, offset + length), 0)
  const total = ranges.reduce((sum, { length }) => sum + length, 0)
  if (end > size || total > size) {
    const [wanted, held] = [Math.max(end, total), size].map(bytes => bytes.toLocaleString('en'))
    throw corrupt(file, `its weights take ${wanted} bytes of '${basename(path)}', which has ${held}`)
  }
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  try {
    for (const range of ranges) contents.set(keyOf(range), await readRange(handle, range))
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
