import { Random } from '../../../random/index.ts'

/** Bytes 0 .. 255 as floats -1 .. 1. */
export const toFloats = (pixels: ArrayLike<number>): Float32Array =>
  Float32Array.from(pixels, value => value / 127.5 - 1)

export const toBytes = (pixels: Float32Array): Uint8Array =>
  Uint8Array.from(pixels, value => Math.round(Math.max(0, Math.min(255, (value + 1) * 127.5))))

/** Standard normals [count, size], each row a function of (seed, stream, its number) alone. */
export function noiseRows(seed: number, stream: string, count: number, size: number, first = 0): Float32Array {
  const result = new Float32Array(count * size)
  for (let row = 0; row < count; row++) {
    const random = new Random(seed, stream, first + row)
    for (let at = row * size; at < (row + 1) * size; at++) result[at] = random.normal()
  }
  return result
}
