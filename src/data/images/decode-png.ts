import { crc32, inflateSync } from 'node:zlib'
import { InterplayError } from '../../errors/index.ts'

/** A picture [channels, height, width] in bytes: grey, or red, green and blue. */
export interface Picture {
  channels: 1 | 3
  height: number
  width: number
  pixels: Uint8Array
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, k) => bytes[k] === byte)

/** Samples a pixel, by colour type: grey, colours, places of a palette, and the first two with transparency. */
const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/**
 * Reads a PNG file (ISO/IEC 15948) of any colour type and depth: 16 bits by their upper half, transparency left out.
 *
 * @throws InterplayError `data/corrupt`, `data/format` for interlaced files
 */
export function decodePng(bytes: Uint8Array, path: string): Picture {
  const corrupt = (why: string) => new InterplayError('data/corrupt', `'${path}' is not a whole PNG file`, { why })
  if (!isPng(bytes)) throw corrupt('it does not begin as one')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let header: DataView | undefined
  let palette: Uint8Array | undefined
  for (let at = signature.length, type = ''; type !== 'IEND';) {
    if (at + 12 > bytes.length) throw corrupt(`it ends at byte ${bytes.length}, before its last chunk`)
    const length = view.getUint32(at)
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const end = at + 8 + length
    if (end + 4 > bytes.length) throw corrupt(`its chunk ${type} at byte ${at} is longer than the file`)
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end))
      throw corrupt(`its chunk ${type} at byte ${at} does not fit its checksum`)
    if (type === 'IHDR') header = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length)
    if (type === 'PLTE') palette = bytes.subarray(at + 8, end)
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, end))
    at = end + 4
  }
  if (header?.byteLength !== 13) throw corrupt('it has no header')
  const [width, height, depth, colour] = [
    header.getUint32(0),
    header.getUint32(4),
    header.getUint8(8),
    header.getUint8(9),
  ]
  const samples = samplesOf[colour]
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth) || width === 0 || height === 0)
    throw corrupt(`its header says ${height} x ${width}, colour type ${colour}, ${depth} bits`)
  if (colour === 3 && !palette) throw corrupt('its palette is missing')
  if (header.getUint8(12) !== 0)
    throw new InterplayError('data/format', `'${path}' is an interlaced PNG file, which is not read here`, {
      try: 'save it without interlacing',
    })
  const lines = unfiltered(inflated(parts, corrupt), height, Math.ceil((width * samples * depth) / 8), samples * depth)
  if (!lines) throw corrupt('its lines are fewer than its header says, or filtered in no known way')
  return pictureOf(lines, { width, height, depth, samples, palette: colour === 3 ? palette : undefined })
}

function inflated(parts: readonly Uint8Array[], corrupt: (why: string) => InterplayError): Uint8Array {
  try {
    return inflateSync(Buffer.concat(parts))
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error))
  }
}

/** Lines without their filter bytes and what those stand for; undefined where they are not as told. */
function unfiltered(data: Uint8Array, height: number, stride: number, bits: number): Uint8Array | undefined {
  if (data.length < height * (stride + 1)) return undefined
  const step = Math.max(1, bits >> 3)
  const lines = new Uint8Array(height * stride)
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)]!
    if (filter > 4) return undefined
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x >= step ? lines[at - step]! : 0
      const up = y > 0 ? lines[at - stride]! : 0
      const corner = x >= step && y > 0 ? lines[at - stride - step]! : 0
      lines[at] = data[y * (stride + 1) + 1 + x]! + predicted(filter, left, up, corner)
    }
  }
  return lines
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}

interface Layout {
  width: number
  height: number
  depth: number
  samples: number
  palette?: Uint8Array
}

function pictureOf(lines: Uint8Array, { width, height, depth, samples, palette }: Layout): Picture {
  const channels = palette || samples > 2 ? 3 : 1
  const stride = lines.length / height
  const pixels = new Uint8Array(channels * height * width)
  const most = 2 ** depth - 1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const sample = x * samples + (palette ? 0 : c)
        const bit = sample * depth
        const byte = lines[y * stride + (bit >> 3)]!
        const value = depth >= 8 ? byte : (byte >> (8 - depth - (bit & 7))) & most
        const shown = palette ? (palette[3 * value + c] ?? 0) : depth < 8 ? Math.round((255 * value) / most) : value
        pixels[(c * height + y) * width + x] = shown
      }
  return { channels, height, width, pixels }
}
