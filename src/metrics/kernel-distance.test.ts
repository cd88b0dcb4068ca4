import { expect, it } from 'vitest'
import { kernelDistance } from './kernel-distance.ts'
import { Random } from '../random/index.ts'

it('is the mean kernel within both sets less twice that between them', () => {
  // width 1: k(1, 3) = 64, k(0, 2) = 1, and between 1, 1, 27, 343
  const [a, b] = [Float32Array.of(1, 3), Float32Array.of(0, 2)]
  expect(kernelDistance(a, b, 1)).toBeCloseTo(64 + 1 - 2 * ((1 + 27 + 1 + 343) / 4), 5)
})

it('is near zero for one distribution and not for two', () => {
  const draw = (stream: string, shift: number) => {
    const random = new Random(1, stream)
    return Float32Array.from({ length: 400 * 4 }, () => random.normal() + shift)
  }
  expect(Math.abs(kernelDistance(draw('a', 0), draw('b', 0), 4))).toBeLessThan(0.1)
  expect(kernelDistance(draw('a', 0), draw('b', 1), 4)).toBeGreaterThan(0.5)
})
