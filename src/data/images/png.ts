import { crc32, deflateSync } from 'node:zlib'

/** A PNG file of a picture [3, height, width] in bytes (RGB, 8 bits, no interlacing). */
export function encodePng(pixels: Uint8Array, height: number, width: number): Uint8Array {
  const area = height * width
  const lines = new Uint8Array(height * (1 + 3 * width))
  for (let at = 0; at < area; at++) {
    const place = Math.floor(at / width) * (1 + 3 * width) + 1 + 3 * (at % width)
    for (let channel = 0; channel < 3; channel++) lines[place + channel] = pixels[channel * area + at]!
  }
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, 2)
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', new Uint8Array()),
  ])
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}
