import { describe, expect, it } from 'vitest'
import { bucketOf, sipHash } from './sip-hash.ts'

const key = Uint8Array.from({ length: 16 }, (_, i) => i)
const message = (length: number) => Uint8Array.from({ length }, (_, i) => i)
const hex = ([high, low]: readonly [number, number]) =>
  high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')

describe('SipHash-2-4', () => {
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
  ])("the authors' vector of %i bytes", (length, expected) => {
    expect(hex(sipHash(key, message(length)))).toBe(expected)
  })

  it('reduces 64 bits exactly', () => {
    for (const buckets of [2, 1000, 83_886, 1 << 25]) {
      const hash = sipHash(key, message(9))
      const exact = Number(((BigInt(hash[0]) << 32n) + BigInt(hash[1])) % BigInt(buckets))
      expect(bucketOf(hash, buckets)).toBe(exact)
    }
  })

  it('spreads numbers and texts evenly over 1,024 buckets', () => {
    const count = 100_000
    const bytes = [
      (i: number) => Uint8Array.of(i, i >> 8, i >> 16, 0),
      (i: number) => new TextEncoder().encode(`value ${i}`),
    ]
    for (const of of bytes) {
      const tally = new Float64Array(1024)
      for (let i = 0; i < count; i++) tally[bucketOf(sipHash(key, of(i)), 1024)]!++
      const expected = count / 1024
      const chi = tally.reduce((sum, own) => sum + (own - expected) ** 2 / expected, 0)
      // 0.001 and 0.999 quantiles of chi-square with 1,023 degrees of freedom.
      expect(chi).toBeGreaterThan(887)
      expect(chi).toBeLessThan(1168)
    }
  })
})
