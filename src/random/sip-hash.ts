/** A 64-bit word as two halves of 32 bits. */
interface Word {
  high: number
  low: number
}

const word = (high: number, low: number): Word => ({ high, low })

function add(a: Word, b: Word): void {
  const low = (a.low >>> 0) + (b.low >>> 0)
  a.high = (a.high + b.high + (low > 0xffffffff ? 1 : 0)) | 0
  a.low = low | 0
}

function xor(a: Word, b: Word): void {
  a.high ^= b.high
  a.low ^= b.low
}

function rotate(a: Word, bits: number): void {
  const [from, to] = bits < 32 ? [a.high, a.low] : [a.low, a.high]
  const shift = bits & 31
  const high = shift === 0 ? from : (from << shift) | (to >>> (32 - shift))
  const low = shift === 0 ? to : (to << shift) | (from >>> (32 - shift))
  a.high = high
  a.low = low
}

function round(v0: Word, v1: Word, v2: Word, v3: Word): void {
  add(v0, v1)
  rotate(v1, 13)
  xor(v1, v0)
  rotate(v0, 32)
  add(v2, v3)
  rotate(v3, 16)
  xor(v3, v2)
  add(v0, v3)
  rotate(v3, 21)
  xor(v3, v0)
  add(v2, v1)
  rotate(v1, 17)
  xor(v1, v2)
  rotate(v2, 32)
}

/**
 * SipHash-2-4 of bytes under a key of 16 bytes (Aumasson and Bernstein 2012): 64 bits as [high, low], unsigned. Whoever does
 * not know the key cannot tell it from chance, so that two keys give independent hashes.
 */
export function sipHash(key: Uint8Array, bytes: Uint8Array): readonly [high: number, low: number] {
  const keys = new DataView(key.buffer, key.byteOffset, 16)
  const k0 = word(keys.getUint32(4, true), keys.getUint32(0, true))
  const k1 = word(keys.getUint32(12, true), keys.getUint32(8, true))
  const v0 = word(0x736f6d65 ^ k0.high, 0x70736575 ^ k0.low)
  const v1 = word(0x646f7261 ^ k1.high, 0x6e646f6d ^ k1.low)
  const v2 = word(0x6c796765 ^ k0.high, 0x6e657261 ^ k0.low)
  const v3 = word(0x74656462 ^ k1.high, 0x79746573 ^ k1.low)
  const padded = new Uint8Array((Math.floor(bytes.length / 8) + 1) * 8)
  padded.set(bytes)
  padded[padded.length - 1] = bytes.length
  const view = new DataView(padded.buffer)
  for (let at = 0; at < padded.length; at += 8) {
    const m = word(view.getUint32(at + 4, true), view.getUint32(at, true))
    xor(v3, m)
    round(v0, v1, v2, v3)
    round(v0, v1, v2, v3)
    xor(v0, m)
  }
  v2.low ^= 0xff
  for (let i = 0; i < 4; i++) round(v0, v1, v2, v3)
  return [(v0.high ^ v1.high ^ v2.high ^ v3.high) >>> 0, (v0.low ^ v1.low ^ v2.low ^ v3.low) >>> 0]
}

/** A 64-bit hash modulo a number of buckets, at most 2^26: exact in doubles. */
export const bucketOf = ([high, low]: readonly [number, number], buckets: number): number =>
  ((high % buckets) * (0x100000000 % buckets) + low) % buckets
