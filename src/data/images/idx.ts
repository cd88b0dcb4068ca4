import { InterplayError } from '../../errors/index.ts'
import { unzipped } from '../unzipped.ts'

/** Bytes by their axes, as the files of MNIST and its kin hold them. */
export interface IdxArray {
  dims: readonly number[]
  data: Uint8Array
}

const unsignedBytes = 0x08

/**
 * Reads an IDX file of bytes (two zeros, the type, the number of axes, a big-endian length an axis), gzipped or not.
 * @throws InterplayError `data/not-found`, `data/corrupt`
 */
export async function readIdx(path: string): Promise<IdxArray> {
  const bytes = await unzipped(path)
  const corrupt = (why: string) => new InterplayError('data/corrupt', `'${path}' is no IDX file of bytes`, { why })
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0 || bytes[2] !== unsignedBytes)
    throw corrupt('its first bytes are not 0, 0, 8')
  const start = 4 + 4 * bytes[3]!
  if (bytes.length < start) throw corrupt('it ends within its lengths')
  const dims = Array.from({ length: bytes[3]! }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis))
  const size = dims.reduce((product, length) => product * length, 1)
  if (bytes.length - start !== size)
    throw corrupt(`${dims.join(' x ')} bytes are declared, ${bytes.length - start} follow`)
  return { dims, data: new Uint8Array(bytes.subarray(start)) }
}
