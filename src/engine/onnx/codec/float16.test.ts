import { expect, it } from 'vitest'
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './float16.ts'

const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)

/** IEEE 754-2019, 3.4: the value a binary16 pattern stands for. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * 2 ** -14 * (fraction / 1024) : sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

it('float16 patterns have their values, all 65,536 of them', () => {
  expect(Array.from(float16ToFloat32(all))).toEqual(Array.from(all, half))
})

it('every finite float16 survives the way through float32 and back', () => {
  const finite = all.filter(bits => Number.isFinite(half(bits)))
  expect(float32ToFloat16(float16ToFloat32(finite))).toEqual(finite)
})

it('float32 goes to the nearest float16, ties to even', () => {
  const cases: [number, number][] = [
    [65_519.99, 0x7bff],
    [65_520, 0x7c00],
    [-1e10, 0xfc00],
    [NaN, 0x7e00],
    [-Infinity, 0xfc00],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.001, 0x0001],
    [3 * 2 ** -25, 0x0002],
    [-0, 0x8000],
    [2 ** -14 - 2 ** -25, 0x0400],
  ]
  const bits = float32ToFloat16(Float32Array.from(cases, ([value]) => value))
  expect(Array.from(bits)).toEqual(cases.map(([, pattern]) => pattern))
})

it('bfloat16 is the upper half of a float32', () => {
  expect(Array.from(bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001)))).toEqual([
    1,
    -2,
    Infinity,
    2 ** -133,
  ])
})
